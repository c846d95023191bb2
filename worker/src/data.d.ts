/** Files that are deployed beside the code, as bytes. */
declare module '*.bin' {
  const bytes: ArrayBuffer
  export default bytes
}
