import { flags } from './flags.js'
import { Title } from './title.js'

export const dynamic = 'force-dynamic'

/** A component of the server: it evaluates for the visitor of this request. */
export default async function Page() {
  const client = await flags()
  const { value } = client.evaluate('title', { country: 'SE' })
  const { FLAGS_URL, FLAGS_CLIENT_KEY } = process.env
  return (
    <main>
      <p id="server">{value}</p>
      <Title url={FLAGS_URL} token={FLAGS_CLIENT_KEY} />
    </main>
  )
}
