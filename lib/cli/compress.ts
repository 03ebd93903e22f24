import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants } from 'node:zlib'

const brotli = promisify(brotliCompress)

/**
 * Writes the brotli of each script and style below a folder beside it, as `name.js.br`. That takes a core about a second
 * and a half for a megabyte, on as many cores as zlib has threads.
 */
export async function compressScripts(folder: string): Promise<void> {
  const names = await readdir(folder, { recursive: true })
  const work = names
    .filter((name) => /\.(js|css)$/.test(name))
    .map(async (name) => {
      const path = join(folder, name)
      const text = await readFile(path)
      const params = {
        [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
        [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
        [constants.BROTLI_PARAM_SIZE_HINT]: text.length,
      }
      await writeFile(`${path}.br`, await brotli(text, { params }))
    })
  await Promise.all(work)
}
