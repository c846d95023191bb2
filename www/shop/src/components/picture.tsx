import { pictureUrl } from '../catalogue/picture-url.ts'

interface Props {
  readonly of: string
  readonly alt: string
  readonly shape: 'portrait' | 'landscape' | 'wide'
  /** Pictures further down are fetched when they come near. */
  readonly eager?: boolean
}

const sizes = { portrait: [400, 480], landscape: [600, 400], wide: [1200, 640] } as const

/** A picture with its size told in advance, so that nothing moves when it arrives. */
export function Picture({ of, alt, shape, eager = false }: Props) {
  const [width, height] = sizes[shape]
  const loading = eager ? 'eager' : 'lazy'
  return <img className="picture" src={pictureUrl(of)} alt={alt} width={width} height={height} loading={loading} />
}
