// @ts-check
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '../..')
/** Where to; `dist` beside this file. */
const outdir = process.argv[2] ?? join(here, 'dist')

rmSync(outdir, { recursive: true, force: true })
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: ['lib/command/holdpoint.ts'],
  outdir,
  bundle: true,
  // each command is loaded when it is called
  splitting: true,
  platform: 'node',
  // UMD asks for its files by names that no bundler sees through
  mainFields: ['module', 'main'],
  format: 'esm',
  target: 'node20',
  // what is bundled may itself ask for packages of Node's by `require`
  banner: {
    js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
  },
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
  write: true,
})

/** The packages that are in the bundle, whose licences have to come with it. */
const packages = new Set(
  Object.keys(metafile.inputs).flatMap(
    (path) => /.*node_modules\/(@[^/]+\/[^/]+|[^/]+)/.exec(path)?.[0] ?? [],
  ),
)
const notices = [...packages].sort().map((path) => {
  const folder = join(root, path)
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const file = ['LICENSE', 'license', 'LICENSE.md', 'LICENCE', 'LICENSE.txt'].find((one) =>
    existsSync(join(folder, one)),
  )
  if (file === undefined) throw new Error(`${name} comes without its licence`)
  return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`
})
writeFileSync(join(outdir, 'licences.txt'), notices.join(`\n${'-'.repeat(72)}\n\n`))
