import type { GroupRecord } from '@/db/queries/groups'
import type { Group } from './schemas'

/** A group as everybody in the project sees it. */
export function groupToWire({ id, slug, name, source, members, createdAt }: GroupRecord): Group {
  return {
    id,
    slug,
    name,
    source,
    members: members.map(({ addedAt, ...member }) => ({
      ...member,
      added_at: new Date(addedAt).toISOString(),
    })),
    created_at: createdAt.toISOString(),
  }
}
