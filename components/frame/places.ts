import type { Place, SettingsPlace } from '@/lib/paths'
import type { IconName } from '../ui/icon'

/** The places of a project, in the order of the navigation, with the key that leads there after `g`. */
export const places = [
  { part: 'approvals', name: 'Approvals', icon: 'approvals', key: 'a' },
  { part: 'runs', name: 'Runs', icon: 'runs', key: 'r' },
  { part: 'agents', name: 'Agents', icon: 'agents', key: 'g' },
  { part: 'audit', name: 'Audit', icon: 'audit', key: 'u' },
  { part: 'settings', name: 'Settings', icon: 'settings', key: 's' },
] as const satisfies { part: Place; name: string; icon: IconName; key: string }[]

/** The audit log is for admins and owners: nobody is led to a shut door. */
export function placesFor(isAdmin: boolean) {
  return places.filter(({ part }) => part !== 'audit' || isAdmin)
}

/** The places of a project's settings. */
export const settingsPlaces = [
  { part: 'members', name: 'Members' },
  { part: 'people', name: 'People' },
  { part: 'keys', name: 'Keys' },
  { part: 'notifications', name: 'Notifications' },
  { part: 'webhooks', name: 'Webhooks' },
  { part: 'project', name: 'Project' },
] as const satisfies { part: SettingsPlace; name: string }[]

/** What the keyboard does on every page, for the sheet of keys. */
export const keysAnywhere: [key: string, act: string][] = [
  ['⌘ K or Ctrl K', 'Find or do'],
  ...places.map(({ key, name }): [string, string] => [`G then ${key.toUpperCase()}`, `Go to ${name}`]),
  ['/', 'Search this page'],
  ['?', 'These keys'],
]
