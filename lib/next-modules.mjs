import { existsSync, readFileSync } from 'node:fs'

/**
 * A loader for Next's own files, as a browser needs them: each in the form of an ES module, which Next ships beside it
 * below `dist/esm`, so that what nothing imports falls away, and with it what is asked for only where there is no
 * window. Where there is no such form, the file's own is taken.
 *
 * @this {{ resourcePath: string }}
 * @param {string} text
 */
export default function asModule(text) {
  const path = this.resourcePath.replace(/([\\/]next[\\/]dist[\\/])/, '$1esm/')
  const found = existsSync(path) ? readFileSync(path, 'utf8') : text
  return found.replace(/typeof window(?= [!=]== 'undefined')/g, "'object'")
}
