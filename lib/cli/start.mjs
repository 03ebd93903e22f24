// @ts-check
// Only Node's own modules until the packages are there.
import { ensureInstalled, requireNode, root } from './install.mjs'

requireNode()
process.chdir(root)
const dev = process.argv.includes('--dev')
await ensureInstalled({ dev })
// after npm, which would leave the development packages out; before React and Next, which choose their builds by it
Object.assign(process.env, { NODE_ENV: dev ? 'development' : 'production' })
const { register } = await import('tsx/esm/api')
register()
const { main } = await import(new URL('./start.ts', import.meta.url).href)
await main({ dev })
