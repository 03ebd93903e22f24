import type { SettingsPlace } from '@/lib/paths'
import * as say from '@/words/frame/settings-places'

/** The places of a project's settings. */
export const settingsPlaces = [
  { part: 'members', name: say.members },
  { part: 'people', name: say.people },
  { part: 'keys', name: say.keys },
  { part: 'notifications', name: say.notifications },
  { part: 'webhooks', name: say.webhooks },
  { part: 'project', name: say.project },
] as const satisfies { part: SettingsPlace; name: string }[]
