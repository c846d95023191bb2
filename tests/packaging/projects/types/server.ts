import { createClient } from 'fader'
import { FaderProvider } from 'fader/openfeature/server'

export const client = createClient({ url: 'https://flags.example.com', key: 'fader_edge_key', projection: 'edge' })
export const made = [new FaderProvider({ client, targetingKeyAs: 'orgId' }), new FaderProvider({ url: '', key: '' })]
