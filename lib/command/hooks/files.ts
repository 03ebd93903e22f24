import { createHash, randomBytes } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import type { DialectName } from '@/lib/hooks/dialects/dialect'
import { configPath } from '../config'
import { exit, Failure } from '../exit'

type Env = Record<string, string | undefined>

/** What a file was before we wrote it, and what we made of it. */
export type Backup = {
  path: string
  name: DialectName
  /** null where there was no file. */
  before: string | null
  /** SHA-256 of what we wrote, in hex. */
  after: string
  /** The folders that were made for it, the innermost first. */
  folders: string[]
}

/** The text of a file, which has its very bytes; undefined where there is none. @throws Failure where it is no text */
export function read(path: string): string | undefined {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new Failure(exit.conflict, `${path} cannot be read: ${(error as Error).message}`)
  }
  const text = bytes.toString('utf8')
  if (Buffer.from(text).equals(bytes)) return text
  throw new Failure(exit.conflict, `${path} is not text in UTF-8. Nothing was changed.`)
}

export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/**
 * Writes a file, whole or not at all, with the mode that it had and where a link leads; whoever reads meanwhile sees the
 * old one or the new one.
 * @returns the folders that had to be made
 */
export function write(path: string, text: string, mode = 0o644): string[] {
  const isThere = existsSync(path)
  const place = isThere ? realpathSync(path) : path
  const folders: string[] = []
  for (let folder = dirname(place); !existsSync(folder); folder = dirname(folder)) folders.push(folder)
  mkdirSync(dirname(place), { recursive: true })
  const next = `${place}.${randomBytes(6).toString('hex')}`
  try {
    writeFileSync(next, text, { flag: 'wx', mode })
    chmodSync(next, isThere ? statSync(place).mode & 0o7777 : mode)
    renameSync(next, place)
  } finally {
    rmSync(next, { force: true })
  }
  return folders
}

/** Removes a file, and the folders that were made for it where they are empty. */
export function remove(path: string, folders: string[]): void {
  rmSync(path, { force: true })
  for (const folder of folders) {
    try {
      rmdirSync(folder)
    } catch {
      return
    }
  }
}

/** Where what was there before is kept, beside the configuration, readable by its owner alone. */
export function backupPath(env: Env, name: DialectName, path: string): string {
  return join(dirname(configPath(env)), 'before-install', `${name}-${digestOf(path).slice(0, 12)}.json`)
}

export function readBackup(env: Env, name: DialectName, path: string): Backup | undefined {
  const place = backupPath(env, name, path)
  const text = read(place)
  if (text === undefined) return undefined
  try {
    const kept = JSON.parse(text) as Backup
    if (isWhole(kept)) return kept
  } catch {
    // no JSON
  }
  throw new Failure(
    exit.conflict,
    `${place}, where what was there before is kept, cannot be read. Take it away; then only Holdpoint’s entries are taken out of ${path}. Nothing was changed.`,
  )
}

function isWhole({ before, after, folders }: Partial<Backup>): boolean {
  return (
    (before === null || typeof before === 'string') && typeof after === 'string' && Array.isArray(folders)
  )
}

/**
 * A link that leads nowhere would be replaced by the file that is written in its place.
 * @throws Failure
 */
export function requireNoDeadLink(path: string): void {
  for (let part = path; !existsSync(part); part = dirname(part)) {
    if (lstatSync(part, { throwIfNoEntry: false }))
      throw new Failure(
        exit.conflict,
        `${part} is a link to what is not there. Make what it leads to, or take the link away; nothing was changed.`,
      )
  }
}

export function keepBackup(env: Env, backup: Backup): void {
  write(backupPath(env, backup.name, backup.path), `${JSON.stringify(backup, null, 2)}\n`, 0o600)
}

export function dropBackup(env: Env, name: DialectName, path: string): void {
  rmSync(backupPath(env, name, path), { force: true })
}
