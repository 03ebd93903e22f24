import { randomBytes } from 'node:crypto'
import { readFileSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isAlive, markProcess, pidSpace } from '@/lib/embedded/processes/alive.mjs'
import { makeFolders } from '@/lib/embedded/processes/folders.mjs'

/** How long a sign of life from another container or machine is believed, whose processes cannot be looked up. */
const strangerBelievedMs = 15_000

/** One user of the database among those written down in `DATA_DIR`. */
export type Client = {
  /** A sign of life, for those who cannot look up our process; to be given every few seconds. */
  touch(): void
  /** How many others use the database. Those who died without leaving are struck off. */
  others(): { here: number; elsewhere: number }
  leave(): void
}

/** Writes this process down as a user of the database; the last to leave stops it. */
export function joinClients(folder: string): Client {
  makeFolders(folder)
  const name = `${process.pid}-${randomBytes(6).toString('hex')}.json`
  const file = join(folder, name)
  writeFileSync(file, JSON.stringify(markProcess()), { mode: 0o600 })
  return {
    touch() {
      try {
        utimesSync(file, new Date(), new Date())
      } catch {
        // somebody deleted DATA_DIR under us; the next statement will say so
      }
    },
    others: () => countOthers(folder, name),
    leave: () => rmSync(file, { force: true }),
  }
}

function countOthers(folder: string, own: string) {
  const found = { here: 0, elsewhere: 0 }
  for (const name of readdirSync(folder)) {
    if (name === own || !name.endsWith('.json')) continue
    const kind = judge(join(folder, name))
    if (kind === 'gone') rmSync(join(folder, name), { force: true })
    else found[kind] += 1
  }
  return found
}

function judge(file: string): 'here' | 'elsewhere' | 'gone' {
  try {
    const mark = JSON.parse(readFileSync(file, 'utf8'))
    if (isAlive(mark)) return 'here'
    if (mark.space === pidSpace) return 'gone'
    return Date.now() - statSync(file).mtimeMs < strangerBelievedMs ? 'elsewhere' : 'gone'
  } catch {
    return 'gone'
  }
}
