import { z } from 'zod'
import { MomentText } from '@/lib/moment'
import { roles, scopes } from '@/lib/context'
import { Moment } from '@/lib/json/schemas'
import { NameText } from '@/lib/members/schemas'
import { idText } from '@/lib/query'

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

/** Where a key is. */
export const KeyById = z.strictObject({ id: idText('key') })

export const CreatedKey = Key.extend({
  token: z.string().meta({ description: 'The token itself; shown this once.' }),
  warnings: z.array(z.object({ code: z.string(), message: z.string() })).meta({
    description: '`run_and_deploy`: whoever holds the key can loosen the policy that holds its calls.',
  }),
}).meta({ id: 'CreatedKey' })
export type CreatedKey = z.infer<typeof CreatedKey>

export const Me = z
  .object({
    kind: z.enum(['agent_key', 'personal_token', 'session']),
    key: Key.pick({ id: true, name: true, prefix: true, scopes: true, expires_at: true })
      .nullable()
      .meta({ description: 'The key or token; null for a session.' }),
    project: z.object({ id: z.string(), slug: z.string(), name: z.string() }),
    member: z
      .object({ id: z.string(), email: z.string(), role: z.enum(roles) })
      .nullable()
      .meta({ description: 'Whose the token or session is; null for an agent key.' }),
    server: z.object({
      version: z.string(),
      time: Moment.meta({ description: "The database's clock, by which deadlines pass." }),
      max_wait_seconds: z.int(),
      max_body_bytes: z.int(),
    }),
  })
  .meta({ id: 'Me' })
/** What a credential is. */
export type Me = z.infer<typeof Me>

const ExpiresAt = MomentText('2027-01-31T12:00:00Z').nullable().optional()

/** What an agent key may do, each scope once. */
const KeyScopes = z
  .array(z.enum(scopes))
  .min(1, 'At least one scope.')
  .max(scopes.length)
  .refine((wanted) => new Set(wanted).size === wanted.length, 'Each scope once.')
  .meta({ uniqueItems: true })

export const CreateAgentKeyInput = z
  .strictObject({
    name: NameText,
    scopes: KeyScopes.optional(),
    expires_at: ExpiresAt,
  })
  .meta({ id: 'CreateAgentKeyInput' })
export type CreateAgentKeyInput = z.infer<typeof CreateAgentKeyInput>

export const CreateTokenInput = z
  .strictObject({ name: NameText, expires_at: ExpiresAt })
  .meta({ id: 'CreateTokenInput' })
export type CreateTokenInput = z.infer<typeof CreateTokenInput>

/** The body of `POST /api/keys`: an agent key, or a personal token. */
export const CreateKeyInput = z
  .strictObject({
    kind: z.enum(['agent', 'personal']).optional().meta({ description: '`agent` where it is missing.' }),
    name: NameText,
    scopes: KeyScopes.optional().meta({
      description: "An agent key's; `run` alone where they are missing. A personal token has none.",
    }),
    expires_at: ExpiresAt,
  })
  .superRefine((input, check) => {
    if (input.kind === 'personal' && input.scopes !== undefined) {
      check.addIssue({
        code: 'custom',
        path: ['scopes'],
        message: "A personal token acts with its member's role; leave scopes out.",
      })
    }
  })
  .meta({
    id: 'CreateKeyInput',
    oneOf: [
      { title: 'AgentKey', properties: { kind: { const: 'agent' } } },
      {
        title: 'PersonalToken',
        properties: { kind: { const: 'personal' } },
        required: ['kind'],
        not: { required: ['scopes'], properties: { scopes: {} } },
      },
    ],
  })
export type CreateKeyInput = z.infer<typeof CreateKeyInput>
