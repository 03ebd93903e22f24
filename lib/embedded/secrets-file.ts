import { randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { explainRefusal, StartError } from '@/lib/start-error'

/**
 * The secret kept in the file `name` of `dataDir`, readable by its owner alone. Where it is missing it is made
 * once, of 256 random bits in base64url; of several that start at once, all read the same.
 *
 * @param dataDir a folder that is there
 * @param mayMake false where a missing secret means that something was lost
 * @throws StartError where it cannot be read or made
 */
export function secretFile(dataDir: string, name: string, mayMake = true): string {
  const file = join(dataDir, name)
  try {
    const found = readSecret(file)
    if (found !== undefined) return found
    if (!mayMake) {
      throw new StartError(
        `${file} is missing, and without it the database beside it cannot be opened. Put it back.`,
      )
    }
    makeSecret(file)
    return readSecret(file) ?? ''
  } catch (error) {
    throw explainRefusal(error, dataDir)
  }
}

function readSecret(file: string): string | undefined {
  let text: string
  try {
    text = readFileSync(file, 'utf8').trim()
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT') return undefined
    if (code !== 'EACCES') throw error
    throw new StartError(
      `${file} belongs to another user. Start as that user, or give the folder to this one.`,
      error,
    )
  }
  if (text.length < 32)
    throw new StartError(`${file} does not hold a secret any more. Put back what it held.`)
  return text
}

/** Written aside, on disk, then linked: nobody ever reads half a secret, and the first one made stays. */
function makeSecret(file: string): void {
  const aside = `${file}.${randomBytes(6).toString('hex')}`
  const descriptor = openSync(aside, 'wx', 0o600)
  try {
    writeSync(descriptor, `${randomBytes(32).toString('base64url')}\n`)
    fsyncSync(descriptor)
    linkSync(aside, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    closeSync(descriptor)
    unlinkSync(aside)
  }
}
