import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync, gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { compressScripts } from './compress'

test('scripts and styles get their brotli beside them, smaller than gzip makes them; nothing else does', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdpoint-compress-'))
  mkdirSync(join(folder, 'chunks'))
  const text = Array.from({ length: 500 }, (_, at) => `export const name${at} = "${at * 7919}";`).join('\n')
  for (const name of ['chunks/a.js', 'b.css', 'c.svg']) writeFileSync(join(folder, name), text)
  await compressScripts(folder)
  await compressScripts(folder)
  for (const name of ['chunks/a.js', 'b.css']) {
    const small = readFileSync(join(folder, `${name}.br`))
    expect(brotliDecompressSync(small).toString()).toBe(text)
    expect(small.length).toBeLessThan(gzipSync(text, { level: 9 }).length)
  }
  expect(existsSync(join(folder, 'c.svg.br'))).toBe(false)
  expect(existsSync(join(folder, 'b.css.br.br'))).toBe(false)
  rmSync(folder, { recursive: true })
})
