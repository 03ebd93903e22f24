import { setImmediate as nextTurn } from 'node:timers/promises'
import { and, eq, inArray, isNull } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { listNotUnderstood } from '@/db/queries/agents'
import { agentVersions } from '@/db/schema/agents'
import { parsePolicy, policyToWire } from '@/lib/policy/parse'
import type { Policy } from './schemas'

/** The policy of a stored file as understood. A stored file has been accepted once, so it parses. */
export function storedPolicy(config: string): Policy {
  const parsed = parsePolicy(config)
  if (!parsed.ok) throw new Error('a stored policy cannot be read')
  return policyToWire(parsed.policy)
}

/** A file's policy as it is kept beside the file. */
export function understoodText(config: string): string {
  return JSON.stringify(storedPolicy(config))
}

/**
 * Keeps the policies of files that were deployed before they were kept, each parsed in a turn of the event loop of
 * its own, since the largest takes a tenth of a second.
 * @returns the kept texts by the version's id
 */
export async function keepUnderstood(db: Database, ids: string[]): Promise<Map<string, string>> {
  const kept = new Map<string, string>()
  if (ids.length === 0) return kept
  const rows = await db
    .select({ id: agentVersions.id, config: agentVersions.config })
    .from(agentVersions)
    .where(inArray(agentVersions.id, ids))
  for (const row of rows) kept.set(row.id, await keepOne(db, row))
  return kept
}

async function keepOne(db: Database, row: { id: string; config: string }): Promise<string> {
  await nextTurn()
  const policy = understoodText(row.config)
  await db
    .update(agentVersions)
    .set({ policy })
    .where(and(eq(agentVersions.id, row.id), isNull(agentVersions.policy)))
  return policy
}

/** So many files are read at once. */
const batch = 10

/**
 * The same for all there are, until none is left or `mayGoOn` says no.
 * @throws where a stored file cannot be read; whatever else is left has been kept
 */
export async function keepAllUnderstood(db: Database, mayGoOn: () => boolean = () => true): Promise<void> {
  let failure: unknown
  for (let after = ''; mayGoOn();) {
    const rows = await listNotUnderstood(db, after, batch)
    const last = rows.at(-1)
    if (!last) break
    for (const row of rows) await keepOne(db, row).catch((error: unknown) => (failure = error))
    after = last.id
  }
  if (failure !== undefined) throw failure
}
