import { z } from 'zod'
import { roles } from '@/lib/context'
import { Archived } from '@/lib/archive/schemas'
import { Absence } from '@/lib/absences/schemas'
import { Moment } from '@/lib/json/schemas'
import { Paused } from '@/lib/pause/schemas'
import { idText } from '@/lib/query'
import { reservedSlugs, slugPattern } from './project-slug'

/** A name of a person, key or project: 1 to 100 characters in one line, trimmed. */
export const NameText = z
  .string()
  .trim()
  .min(1, 'A name is needed.')
  .refine((text) => [...text].length <= 100, 'At most 100 characters.')
  .refine((text) => !/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u.test(text), {
    error: 'One line of text without control characters.',
  })
  .meta({
    maxLength: 100,
    pattern: String.raw`^(?=.*\S)[^\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]*$`,
  })

/** An e-mail address, in lower case as every address is kept. */
export const EmailText = z
  .string()
  .trim()
  .toLowerCase()
  .max(254)
  .pipe(z.email('An e-mail address.'))
  .meta({ format: 'email', pattern: z.regexes.email.source })

const RoleName = z.enum(roles)

/** Somebody who belongs to a project, or is invited to (`joined_at` null). */
export const Member = z
  .object({
    id: z.string(),
    email: z.string(),
    name: z.string().nullable(),
    role: RoleName,
    joined_at: Moment.nullable(),
    absence: Absence.nullable().meta({ description: 'The one that lasts or is to come.' }),
  })
  .meta({ id: 'Member' })
export type Member = z.infer<typeof Member>

/** Where a member is. */
export const MemberById = z.strictObject({ id: idText('user') })

export const InvitedMember = Member.extend({
  invite_url: z.string().meta({ description: 'The link to hand to the person; good for seven days, once.' }),
}).meta({ id: 'InvitedMember' })
export type InvitedMember = z.infer<typeof InvitedMember>

export const InviteMemberInput = z
  .strictObject({ email: EmailText, role: RoleName, name: NameText.optional() })
  .meta({ id: 'InviteMemberInput' })
export type InviteMemberInput = z.infer<typeof InviteMemberInput>

export const ChangeRoleInput = z.strictObject({ role: RoleName }).meta({ id: 'ChangeRoleInput' })
export type ChangeRoleInput = z.infer<typeof ChangeRoleInput>

/** Who may deploy agents' files in a project. */
const deploys = ['anyone', 'people'] as const

export const ProjectDetails = z
  .object({
    id: z.string(),
    slug: z.string(),
    name: z.string(),
    allow_own_request: z.boolean().meta({
      description: 'Whether a member may decide on a run that names them as its initiator.',
    }),
    deploys: z.enum(deploys).meta({
      description: '`people`: agent keys deploy nothing, whatever their scopes.',
    }),
    audit_runs: z.boolean().meta({
      description: 'Whether the audit log tells of each run that begins and ends.',
    }),
    retention_days: z.int().nullable().meta({
      description:
        'Days after their end for which runs and what hangs on them, deliveries, notices and mails are kept; null: for ever.',
    }),
    audit_retention_days: z.int().nullable().meta({
      description:
        'Days for which the audit log is kept, never fewer than `retention_days` or than the operator’s floor; null: for ever. Set by owners alone; a shorter time counts after seven days.',
    }),
    audit_retention_pending: z.object({ days: z.int(), effective_at: Moment }).nullable().meta({
      description:
        'A shorter time that was set and does not count yet. Setting `audit_retention_days` anew calls it off.',
    }),
    paused: Paused,
    archived: Archived,
    break_glass: z.boolean().meta({
      description:
        'Whether owners and admins may approve against what a policy demands, which everybody is told. Set by owners alone.',
    }),
    created_at: Moment,
  })
  .meta({ id: 'Project' })
export type ProjectDetails = z.infer<typeof ProjectDetails>

const days = 'A whole number of days from 1 to 36,500.'

export const UpdateProjectInput = z
  .strictObject({
    name: NameText.optional(),
    allow_own_request: z.boolean().optional(),
    deploys: z.enum(deploys).optional(),
    audit_runs: z.boolean().optional(),
    retention_days: z.int(days).min(1, days).max(36_500, days).nullable().optional(),
    audit_retention_days: z.int(days).min(1, days).max(36_500, days).nullable().optional(),
    break_glass: z.boolean().optional().meta({ description: 'By owners alone.' }),
  })
  .meta({ id: 'UpdateProjectInput' })
export type UpdateProjectInput = z.infer<typeof UpdateProjectInput>

/** A project's address: typed errors for what is no address, and for what is one of ours. */
const SlugText = z
  .string()
  .regex(slugPattern, 'Small letters, digits and hyphens within, 1 to 64.')
  .refine((slug) => !reservedSlugs.has(slug), 'Holdpoint has pages of its own there; choose another.')

export const CreateProjectInput = z
  .strictObject({
    name: NameText,
    slug: SlugText.optional().meta({
      description: 'Where its pages are; made from the name where it is missing. It never changes.',
    }),
  })
  .meta({ id: 'CreateProjectInput' })
export type CreateProjectInput = z.infer<typeof CreateProjectInput>

export const SetUpInput = z
  .strictObject({ email: EmailText, name: NameText, projectName: NameText })
  .meta({ id: 'SetUpInput' })
export type SetUpInput = z.infer<typeof SetUpInput>
