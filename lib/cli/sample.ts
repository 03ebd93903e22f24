import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sharedDatabase } from '@/db/client'
import { isLiveToken, makeSample, wantsSample } from '@/db/seed'
import type { ReadySettings } from '@/lib/env'
import { acquireLock } from '@/lib/embedded/processes/lock.mjs'
import { root } from './install.mjs'

/**
 * The sample project's agent key, making the sample where the demo is on and the database is new.
 * @returns undefined where there is no sample, or its key was revoked
 */
export async function sampleToken(settings: ReadySettings): Promise<string | undefined> {
  if (!settings.demo) return undefined
  // Of two starts at once, one makes the sample and the other waits for its key.
  const lock = await acquireLock(join(settings.dataDir, 'locks'), 'sample', { timeoutMs: 30_000 })
  try {
    return await findOrMakeSample(settings)
  } finally {
    lock.release()
  }
}

async function findOrMakeSample(settings: ReadySettings): Promise<string | undefined> {
  const db = sharedDatabase(settings.databaseUrl, settings.databasePool)
  const file = join(settings.dataDir, 'sample-agent-key')
  const kept = readKept(file)
  if (kept !== undefined && (await isLiveToken(db, kept))) return kept
  if (!(await wantsSample(db))) return undefined
  const { agentToken } = await makeSample(db, settings.appUrl, join(root, 'examples', 'order-manager'))
  writeFileSync(file, `${agentToken}\n`, { mode: 0o600 })
  return agentToken
}

function readKept(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
