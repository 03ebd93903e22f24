import { sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { joinedMember } from '@/db/rights'
import type { Context } from '@/lib/context'
import type { Person } from '@/lib/policy/people'
import type { PolicyWarning } from '@/lib/policy/report'
import { warnOfPeople } from '@/lib/policy/unreachable'
import type { Understood } from './read-file'

type Found = { people: Person[]; groups: string[]; deployer: string | null }

/**
 * What a file says of people who are not there. A file that says nothing of people reads nothing.
 * @param ctx whoever deploys the file; of a key it is who made it
 */
export async function warningsOfPeople(
  db: Queryable,
  { project, actor }: Context,
  { policy, people: named }: Understood,
): Promise<PolicyWarning[]> {
  if (named.names.size === 0 && named.rules.size === 0) return []
  const [found] = await db.execute<Found>(sql`
    select coalesce((
        select json_agg(json_build_object('id', u.id, 'email', u.email, 'name', u.name, 'role', m.role, 'groups', array(
          select g.slug from group_members gm join groups g on g.id = gm.group_id
          where gm.project_id = m.project_id and gm.user_id = m.user_id)))
        from members m join users u on u.id = m.user_id
        where m.project_id = ${project.id} and ${sql.raw(joinedMember('m'))}), '[]') as people,
      array(select slug from groups where project_id = ${project.id}) as groups,
      case when ${actor.type} = 'key' then (select created_by from keys where id = ${actor.id}) else ${actor.id} end as deployer`)
  if (!found) return []
  const people = new Map(found.people.map((person) => [person.id, person]))
  return warnOfPeople(policy, named, people, new Set(found.groups), found.deployer)
}
