import { z } from 'zod'
import { scopes } from '@/lib/context'
import { Moment } from '@/lib/json/schemas'
import { NameText } from '@/lib/members/schemas'

export const Key = z
  .object({
    id: z.string(),
    kind: z.enum(['agent', 'personal']),
    name: z.string(),
    scopes: z.array(z.enum(scopes)),
    prefix: z.string().meta({ description: 'The public part of the token, to find it again by.' }),
    created_by: z.string().nullable(),
    created_at: Moment,
    last_used_at: Moment.nullable(),
    expires_at: Moment.nullable(),
    revoked_at: Moment.nullable(),
  })
  .meta({ id: 'Key' })
/** A key as everybody who may see it sees it. */
export type Key = z.infer<typeof Key>

export const CreatedKey = Key.extend({
  token: z.string().meta({ description: 'The token itself; shown this once.' }),
}).meta({ id: 'CreatedKey' })
export type CreatedKey = z.infer<typeof CreatedKey>

const ExpiresAt = z.iso
  .datetime({ offset: true, error: 'A time as RFC 3339, such as 2027-01-31T12:00:00Z.' })
  .nullable()
  .optional()

export const CreateAgentKeyInput = z
  .strictObject({
    name: NameText,
    scopes: z
      .array(z.enum(scopes))
      .min(1, 'At least one scope.')
      .max(scopes.length)
      .refine((wanted) => new Set(wanted).size === wanted.length, 'Each scope once.'),
    expires_at: ExpiresAt,
  })
  .meta({ id: 'CreateAgentKeyInput' })
export type CreateAgentKeyInput = z.infer<typeof CreateAgentKeyInput>

export const CreateTokenInput = z
  .strictObject({ name: NameText, expires_at: ExpiresAt })
  .meta({ id: 'CreateTokenInput' })
export type CreateTokenInput = z.infer<typeof CreateTokenInput>

/** The body of `POST /api/keys`: an agent key with scopes, or a personal token, which has none. */
export const CreateKeyInput = z
  .strictObject({
    kind: z.enum(['agent', 'personal']).optional().meta({ description: '`agent` where it is missing.' }),
    name: NameText,
    scopes: CreateAgentKeyInput.shape.scopes.optional(),
    expires_at: ExpiresAt,
  })
  .superRefine((input, check) => {
    const isAgent = input.kind !== 'personal'
    if (isAgent && input.scopes === undefined) {
      check.addIssue({ code: 'custom', path: ['scopes'], message: 'An agent key needs at least one scope.' })
    }
    if (!isAgent && input.scopes !== undefined) {
      check.addIssue({
        code: 'custom',
        path: ['scopes'],
        message: "A personal token acts with its member's role; leave scopes out.",
      })
    }
  })
  .meta({ id: 'CreateKeyInput' })
export type CreateKeyInput = z.infer<typeof CreateKeyInput>
