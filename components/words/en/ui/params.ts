import { number } from '../../number'

export const noParams = 'no params'
export const params = 'Params'
export const asList = 'As list'
export const rawJson = 'Raw JSON'
export const copyAsJson = (label: string) => `Copy ${label.toLowerCase()} as JSON`
export const none = 'None: an empty object.'
export const showAllValues = (count: number) => `Show all ${number(count)} values`
export const rule = 'rule'
export const whatADigestIs =
  'SHA-256 of the canonical JSON of tool and params; the same in mails, webhooks, audit log and claim'
export const digest = 'Digest'
export const copyDigest = 'Copy digest'
