import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { digestOf } from '@/lib/json/digest'
import type { JsonObject } from '@/lib/hooks/dialects/dialect'

// Copilot's CLI tells no id of a call. It gets one of what it is and when; what came of it is told of the earliest call of
// the same session, tool and params that is still open. All that can be lost with these files is that.

/** Keeps the id of a call that was let through, with the params that it runs with. */
export function keepCallId(session: string, tool: string, params: JsonObject, callId: string): void {
  const folder = folderOf(session)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  writeFileSync(join(folder, `${hashOf(digestOf(tool, params))}.${Date.now()}`), callId, { mode: 0o600 })
}

/** The id of the earliest such call, which is then no more; undefined where there is none. */
export function takeCallId(session: string, tool: string, params: JsonObject): string | undefined {
  const folder = folderOf(session)
  const hash = hashOf(digestOf(tool, params))
  try {
    const [name] = readdirSync(folder)
      .filter((one) => one.startsWith(`${hash}.`))
      .sort()
    if (name === undefined) return undefined
    const callId = readFileSync(join(folder, name), 'utf8')
    rmSync(join(folder, name))
    return callId
  } catch {
    return undefined
  }
}

function folderOf(session: string): string {
  return join(tmpdir(), `holdpoint-${userInfo().uid}`, hashOf(session))
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
