import type { MemberRecord } from '@/db/queries/members'
import type { Project } from '@/lib/context'
import type { projects } from '@/db/schema/identity'
import { archivedToWire } from '@/lib/archive/wire'
import { flagsToWire } from '@/lib/pause/wire'
import type { Member, ProjectDetails } from './schemas'

type MemberFields = Pick<MemberRecord, 'id' | 'email' | 'name' | 'role' | 'joinedAt'> & {
  absence?: MemberRecord['absence']
}

/** A member as everybody in the project sees them. */
export function memberToWire(record: MemberFields): Member {
  return {
    id: record.id,
    email: record.email,
    name: record.name,
    role: record.role,
    joined_at: record.joinedAt?.toISOString() ?? null,
    absence: record.absence ?? null,
  }
}

type ProjectRecord = typeof projects.$inferSelect

/** A project with its settings as its members see it. */
export function projectToWire(record: ProjectRecord): ProjectDetails {
  return {
    id: record.id,
    slug: record.slug,
    name: record.name,
    allow_own_request: record.allowOwnRequest,
    deploys: record.deploys,
    audit_runs: record.auditRuns,
    retention_days: record.retentionDays,
    audit_retention_days: record.auditRetentionDays,
    audit_retention_pending:
      record.auditRetentionNext === null || record.auditRetentionNextAt === null
        ? null
        : { days: record.auditRetentionNext, effective_at: record.auditRetentionNextAt.toISOString() },
    paused: flagsToWire(record),
    archived: archivedToWire(record),
    break_glass: record.breakGlass,
    created_at: record.createdAt.toISOString(),
  }
}

/** What a context carries of a project. */
export function projectOf(record: ProjectRecord): Project {
  return { id: record.id, slug: record.slug, name: record.name, allowOwnRequest: record.allowOwnRequest }
}
