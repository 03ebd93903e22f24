import type { Place } from '@/lib/paths'
import * as say from '@/words/frame/places'
import type { IconName } from '../ui/icon'

/** The places of a project, in the order of the navigation, with the key that leads there after `g`. */
export const places = [
  { part: 'approvals', name: say.approvals, icon: 'approvals', key: 'a' },
  { part: 'runs', name: say.runs, icon: 'runs', key: 'r' },
  { part: 'agents', name: say.agents, icon: 'agents', key: 'g' },
  { part: 'audit', name: say.audit, icon: 'audit', key: 'u' },
  { part: 'settings', name: say.settings, icon: 'settings', key: 's' },
] as const satisfies { part: Place; name: string; icon: IconName; key: string }[]

/** The audit log is for admins and owners: nobody is led to a shut door. */
export function placesFor(isAdmin: boolean) {
  return places.filter(({ part }) => part !== 'audit' || isAdmin)
}
