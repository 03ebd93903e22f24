import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Those of the tree's files that have tests.
 * @param name which of them
 * @returns paths from the root
 */
export function testFiles(root: string, name: RegExp): string[] {
  return ['app', 'components', 'db', 'examples', 'lib']
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
        join(folder, file),
      ),
    )
    .filter((file) => name.test(file) && !file.includes('node_modules'))
}
