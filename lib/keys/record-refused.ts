import { and, eq, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { isRefusalNew } from '@/db/queries/credentials'
import { keys } from '@/db/schema/identity'
import { recordAudit } from '@/lib/audit/record'
import type { KeyActor, Origin, Project } from '@/lib/context'

/** Why a key that is known opens nothing. */
export type DeadKey = {
  id: string
  name: string
  kind: 'agent' | 'personal'
  because: 'revoked' | 'expired' | 'member_removed'
}

/**
 * Records that a known key was refused, at most once an hour for each key over all processes. Of those who come
 * meanwhile none waits.
 */
export async function recordRefusedKey(
  db: Database,
  project: Project,
  key: DeadKey,
  origin: Origin,
): Promise<void> {
  await db.transaction(async (tx) => {
    const [locked] = await tx
      .select({ id: keys.id })
      .from(keys)
      .where(and(eq(keys.projectId, project.id), eq(keys.id, key.id), isRefusalNew))
      .for('no key update', { skipLocked: true })
    if (!locked) return
    await tx
      .update(keys)
      .set({ refusedAt: sql`clock_timestamp()` })
      .where(eq(keys.id, key.id))
    // Whoever holds a dead token, it is the token that was shown.
    const actor: KeyActor = { type: 'key', id: key.id, label: key.name, scopes: [], via: 'api' }
    await recordAudit(
      tx,
      { project, actor, origin },
      {
        action: 'key.refused',
        target: { type: 'key', id: key.id, label: key.name },
        detail: { kind: key.kind, because: key.because },
      },
    )
  })
}
