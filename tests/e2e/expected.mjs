import { loadControl } from 'fader'
import { contextOf } from '../../www/shop/src/visitor.ts'
import { visitors } from '../../www/shop/src/visitors.ts'
import { storefront } from './stage.mjs'

export { visitors }

/** The snapshot that the shop gets, in an engine in Node: it says what the page in Chromium has to show. */
export async function engineOf(definition = storefront) {
  const control = await loadControl()
  const { snapshot, issues } = control.compile(definition, 'client')
  if (snapshot === undefined || issues.length > 0)
    throw new Error(`the definition has issues: ${JSON.stringify(issues)}`)
  return control.load(snapshot)
}

export const contextIn = (id, basket = []) =>
  contextOf(
    visitors.find((visitor) => visitor.id === id),
    basket,
  )
