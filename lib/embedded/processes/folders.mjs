// @ts-check
import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Makes a folder, and those above it, for this user alone. One by one, because Node's `recursive` never comes
 * back from places such as /proc, where nothing can be made, and calls a read-only disk a missing folder.
 * @param {string} path
 */
export function makeFolders(path) {
  if (statSync(path, { throwIfNoEntry: false }) !== undefined) return
  makeFolders(dirname(path))
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error
  }
}
