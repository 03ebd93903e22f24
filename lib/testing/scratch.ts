import { accessSync, constants, mkdtempSync, statfsSync } from 'node:fs'
import { freemem, tmpdir } from 'node:os'
import { join } from 'node:path'

const memory = '/dev/shm'
const gigabyte = 2 ** 30

/**
 * Makes a folder for a database that nobody keeps: in memory where there is plenty, so that no commit waits for a
 * disk, which costs each of them several times what it does.
 */
export function scratchFolder(prefix: string): string {
  return mkdtempSync(join(hasRoom() ? memory : tmpdir(), prefix))
}

/** A container may have less than the machine, or a small part of that for such folders. */
function hasRoom(): boolean {
  const most = process.constrainedMemory() || Infinity
  if (Math.min(freemem(), most) < 8 * gigabyte) return false
  try {
    accessSync(memory, constants.W_OK)
    const { bavail, bsize } = statfsSync(memory)
    return bavail * bsize > 6 * gigabyte
  } catch {
    return false
  }
}
