/** An artefact in brotli and base64. The build writes these modules. */
declare module '*/embedded/engine.js' {
  const text: string
  export default text
}

declare module '*/embedded/control.js' {
  const text: string
  export default text
}
