// @ts-check
import { randomUUID } from 'node:crypto'
import { linkSync, readFileSync, readdirSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isAlive, markProcess } from './alive.mjs'
import { makeFolders } from './folders.mjs'

/**
 * A lock between processes that a dead process cannot hold. `name.lock.N` belongs to who made it; the one with
 * the highest N counts. Who finds its owner dead, or the file emptied (released), makes N + 1, which only one
 * can do; the highest file is never deleted, so that no late reader can take an older number. A release only
 * empties the file, which needs no space on a full disk.
 *
 * @param {string} folder made where missing
 * @param {string} name
 * @param {{ timeoutMs: number, onWait?: (holderPid: number) => void }} options `onWait` is called once where
 *   somebody else holds the lock
 * @returns {Promise<{ release(): void }>}
 * @throws an Error that names the holder when the time is over; the file system's errors
 */
export async function acquireLock(folder, name, options) {
  makeFolders(folder)
  const deadline = performance.now() + options.timeoutMs
  for (let told = false; ; told = true) {
    const result = tryAcquire(folder, name)
    if (typeof result !== 'number') return result
    if (!told) options.onWait?.(result)
    if (performance.now() > deadline) throw new Error(`${name} is still held by process ${result}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/**
 * @param {string} folder
 * @param {string} name
 * @returns {{ release(): void } | number} the lock, or the number of the process that has it
 */
function tryAcquire(folder, name) {
  const top = numbers(folder, name)[0] ?? 0
  const holder = top === 0 ? undefined : readHolder(fileOf(folder, name, top))
  if (holder !== undefined) return holder
  const mine = top + 1
  if (!create(folder, fileOf(folder, name, mine))) return 0
  const [highest, ...lower] = numbers(folder, name)
  if (highest !== mine) {
    unlinkIfThere(fileOf(folder, name, mine))
    return 0
  }
  for (const number of lower) unlinkIfThere(fileOf(folder, name, number))
  return { release: () => truncateSync(fileOf(folder, name, mine), 0) }
}

/** @param {string} folder @param {string} name @param {number} number */
function fileOf(folder, name, number) {
  return join(folder, `${name}.lock.${number}`)
}

/** @param {string} folder @param {string} name highest first */
function numbers(folder, name) {
  const prefix = `${name}.lock.`
  return readdirSync(folder)
    .filter((file) => file.startsWith(prefix) && /^\d+$/.test(file.slice(prefix.length)))
    .map((file) => Number(file.slice(prefix.length)))
    .sort((a, b) => b - a)
}

/** @param {string} file @returns {number | undefined} who holds it; undefined where it is free */
function readHolder(file) {
  try {
    const text = readFileSync(file, 'utf8')
    if (text === '') return undefined
    const mark = JSON.parse(text)
    return isAlive(mark) ? mark.pid : undefined
  } catch (error) {
    // deleted since it was listed: somebody has a higher number now
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return 0
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Made whole or not at all: written aside, then linked. @param {string} folder @param {string} file */
function create(folder, file) {
  const aside = join(folder, `.${randomUUID()}`)
  try {
    writeFileSync(aside, JSON.stringify(markProcess()), { mode: 0o600, flag: 'wx' })
    linkSync(aside, file)
    return true
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false
    throw error
  } finally {
    unlinkIfThere(aside)
  }
}

/** @param {string} file */
function unlinkIfThere(file) {
  try {
    unlinkSync(file)
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ENOENT') throw error
  }
}
