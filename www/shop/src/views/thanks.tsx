import { PageHead } from '../components/page-head.tsx'
import { flags } from '../flags.ts'
import { useFeature } from '../hooks/use-feature.ts'
import { hrefOf } from '../route.ts'

interface Props {
  readonly name: string
}

export function Thanks({ name }: Props) {
  const promise = useFeature(flags.deliveryPromise).text
  return (
    <div className="thanks" data-testid="thanks">
      <PageHead
        title={name === '' ? 'Thank you' : `Thank you, ${name}`}
        text={`${promise}. The receipt is in your mail.`}
      />
      <p className="soft">
        As this shop is made up, there is no receipt, and nothing will come. It was a pleasure anyway.
      </p>
      <p>
        <a className="button" href={hrefOf({ page: 'home' })}>
          Go on looking
        </a>
      </p>
    </div>
  )
}
