import type { ViewRecord } from '@/db/queries/views'
import type { View } from './schemas'

/** A view as the person who asks sees it. */
export function viewToWire({ id, name, userId, filter, isDefault, createdAt }: ViewRecord): View {
  return {
    id,
    name,
    scope: userId === null ? 'project' : 'personal',
    filter: JSON.parse(filter) as View['filter'],
    is_default: isDefault,
    created_at: createdAt.toISOString(),
  }
}
