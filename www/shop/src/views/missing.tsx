import { PageHead } from '../components/page-head.tsx'
import { hrefOf } from '../route.ts'

export function Missing() {
  return (
    <>
      <PageHead title="There is no such page" text="It may have been sold." />
      <p>
        <a className="button" href={hrefOf({ page: 'home' })}>
          To the shop
        </a>
      </p>
    </>
  )
}
