import fader = require('fader')
import provider = require('fader/openfeature/web')

export const client: fader.Client = fader.createClient({ url: 'https://flags.example.com' })
export const isOn: boolean = client.isOn('banner')
export const made = new provider.FaderWebProvider({ client })
