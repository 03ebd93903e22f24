import { treeLocks } from '@/lib/cli/install.mjs'
import { acquireLock } from '@/lib/embedded/processes/lock.mjs'

/**
 * Installs what test files need that run at once: the first does, the others wait and find it there.
 * @param install does nothing where it is there
 */
export async function installOnce<T>(name: string, install: () => T): Promise<T> {
  const lock = await acquireLock(treeLocks, `test-${name}`, { timeoutMs: 600_000 })
  try {
    return install()
  } finally {
    lock.release()
  }
}
