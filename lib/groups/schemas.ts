import { z } from 'zod'
import { agentNamePattern } from '@/lib/ids'
import { Moment } from '@/lib/json/schemas'
import { NameText } from '@/lib/members/schemas'
import { idText } from '@/lib/query'

const Slug = z
  .string()
  .regex(agentNamePattern, 'A group’s slug: 1 to 64 lower case letters, digits and inner hyphens.')
  .meta({ description: 'What policies call the group.' })

const GroupMember = z
  .object({ id: z.string(), email: z.string(), name: z.string().nullable(), added_at: Moment })
  .meta({ id: 'GroupMember' })

export const Group = z
  .object({
    id: z.string(),
    slug: z.string(),
    name: z.string(),
    source: z.enum(['holdpoint', 'scim']).meta({
      description: 'Who keeps its members: admins here, or a directory elsewhere.',
    }),
    members: z.array(GroupMember).meta({ description: 'In the order of their addresses.' }),
    created_at: Moment,
  })
  .meta({ id: 'Group' })
/** People of a project under one name, which policies call them by. */
export type Group = z.infer<typeof Group>

/** Where a group is, and a member of it. */
export const GroupById = z.strictObject({ id: idText('group') })
export const GroupMemberById = GroupById.extend({ user_id: idText('user') })

export const CreateGroupInput = z
  .strictObject({
    slug: Slug,
    name: NameText.optional().meta({ description: 'The slug where it is missing.' }),
  })
  .meta({ id: 'CreateGroupInput' })

export const UpdateGroupInput = z
  .strictObject({ slug: Slug.optional(), name: NameText.optional() })
  .meta({ id: 'UpdateGroupInput' })
