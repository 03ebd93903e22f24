import { existsSync, readFileSync } from 'node:fs'

/**
 * A loader for Next's own files: each in the form of an ES module, which Next ships beside it below `dist/esm`, so that
 * what nothing imports falls away. Where there is none, the file stays as it is.
 *
 * @this {{ resourcePath: string }}
 * @param {string} text
 */
export default function asModule(text) {
  const path = this.resourcePath.replace(/([\\/]next[\\/]dist[\\/])/, '$1esm/')
  return existsSync(path) ? readFileSync(path, 'utf8') : text
}
