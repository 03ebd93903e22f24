import { sql } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import { keys } from '@/db/schema/identity'
import { refuseWhereArchived } from '@/lib/archive/refuse'
import { recordAudit, type Recorder } from '@/lib/audit/record'
import type { Scope } from '@/lib/context'
import { AppError } from '@/lib/errors'
import { newId } from '@/lib/ids'
import { makeToken } from '@/lib/tokens'
import type { CreatedKey } from './schemas'
import { keyWarnings } from './warnings'
import { keyToWire } from './wire'

type NewKey = {
  name: string
  scopes: Scope[]
  /** The member that a personal token acts as; null for an agent key. */
  userId: string | null
  expiresAt: string | null | undefined
  /** What else its audit entry tells. */
  detail?: Record<string, unknown>
}

/**
 * Writes a key with its audit entry; of its token the database keeps the hash and the public prefix.
 * @throws AppError `project_archived`, `invalid_input` for an end that has passed by the database's clock
 */
export async function insertKey(tx: Transaction, ctx: Recorder, input: NewKey): Promise<CreatedKey> {
  await refuseWhereArchived(tx, ctx.project.id)
  const kind = input.userId === null ? 'agent' : 'personal'
  const { token, prefix, tokenHash } = makeToken(kind)
  const expiresAt = input.expiresAt ? new Date(input.expiresAt) : null
  if (expiresAt) await refusePast(tx, expiresAt)
  const [row] = await tx
    .insert(keys)
    .values({
      id: newId('key'),
      projectId: ctx.project.id,
      kind,
      name: input.name,
      scopes: input.scopes,
      prefix,
      tokenHash,
      userId: input.userId,
      createdBy: ctx.actor.id,
      expiresAt,
    })
    .returning()
  if (!row) throw new Error('The key was not kept.')
  await recordAudit(tx, ctx, {
    action: 'key.created',
    target: { type: 'key', id: row.id, label: row.name },
    detail: {
      kind,
      scopes: input.scopes,
      prefix,
      user_id: input.userId,
      expires_at: expiresAt?.toISOString() ?? null,
      ...input.detail,
    },
  })
  return { ...keyToWire(row), token, warnings: keyWarnings(input.scopes) }
}

async function refusePast(tx: Transaction, expiresAt: Date): Promise<void> {
  const [row] = await tx.execute<{ isPast: boolean }>(
    sql`select ${expiresAt.toISOString()}::timestamptz <= clock_timestamp() as "isPast"`,
  )
  if (row?.isPast === false) return
  const detail = 'The end must lie in the future.'
  throw new AppError('invalid_input', detail, { errors: [{ pointer: '/expires_at', detail }] })
}
