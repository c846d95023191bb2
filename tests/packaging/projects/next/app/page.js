import { bootstrapOf } from 'fader'
import { flags } from './flags.js'
import { FlagsOfPage } from './flags-of-page.js'
import { Title } from './title.js'

export const dynamic = 'force-dynamic'

/** A component of the server: it evaluates for the visitor of this request, and tells the page what it found. */
export default async function Page() {
  const client = await flags()
  const context = { userId: 'u-1', country: 'SE' }
  const { FLAGS_URL: url, FLAGS_CLIENT_KEY: key } = process.env
  const bootstrap = bootstrapOf(client, context, { key, flags: ['title'] })
  return (
    <main>
      <p id="server">{client.evaluate('title', context).value}</p>
      <FlagsOfPage url={url} bootstrap={bootstrap}>
        <Title />
      </FlagsOfPage>
    </main>
  )
}
