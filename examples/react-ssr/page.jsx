import { bootstrapOf, bootstrapScript } from 'fader'
import { FaderProvider } from 'fader/react'
import { renderToString } from 'react-dom/server'
import { App } from './app.jsx'

/** The page for one visitor. Where no answers could be had, it has its fallbacks. */
export function pageFor(visitor, { client, url, key }) {
  const bootstrap = bootstrapOf(client, { userId: visitor })
  const html = renderToString(
    <FaderProvider bootstrap={bootstrap ?? false}>
      <App />
    </FaderProvider>,
  )
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Rendered on a server</title>
    <link rel="icon" href="data:,">
    ${bootstrap ? bootstrapScript(bootstrap) : ''}
    <script type="module" src="/assets/browser.js"></script>
  </head>
  <body><div id="root" data-url="${url}" data-key="${key}" data-visitor="${visitor}">${html}</div></body>
</html>
`
}
