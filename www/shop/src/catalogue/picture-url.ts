const urls = import.meta.glob<string>('../pictures/*.svg', { eager: true, import: 'default', query: '?url' })

/** Where the picture of a product or an article is. */
export function pictureUrl(id: string): string {
  const url = urls[`../pictures/${id}.svg`]
  if (url === undefined) throw new Error(`there is no picture of ${id}`)
  return url
}
