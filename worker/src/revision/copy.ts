/** Where in KV the encoded bundle of one moment lies. What is written there never changes. */
export function bundleKey(environment: string, issued: number): string {
  return `bundle/${environment}/${issued}`
}

/** Where in KV the moment of the newest bundle stands, in digits. */
export function pointerKey(environment: string): string {
  return `latest/${environment}`
}
