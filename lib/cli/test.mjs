// @ts-check
// Only Node's own modules until the packages are there.
import { ensureInstalled, requireNode, root } from './install.mjs'

requireNode()
process.chdir(root)
await ensureInstalled({ dev: true })
const { register } = await import('tsx/esm/api')
register()
const { main } = await import(new URL('./test.ts', import.meta.url).href)
process.exitCode = await main(process.argv.slice(2))
