// @ts-check
// Only Node's own modules until the packages are there.
import { ensureInstalled, requireNode, root } from './install.mjs'

requireNode()
process.chdir(root)
const dev = process.argv.includes('--dev')
await ensureInstalled({ dev })
// after npm, which would leave the development packages out; before React and Next, which choose their builds by it
Object.assign(process.env, { NODE_ENV: dev ? 'development' : 'production' })
const { main } = await import(dev ? await source() : await program())
await main({ dev })

async function source() {
  const { register } = await import('tsx/esm/api')
  register()
  return new URL('./start.ts', import.meta.url).href
}

async function program() {
  const { compiled } = await import('./compile.mjs')
  return compiled('lib/cli/start.ts').catch((error) => {
    console.error(`Holdpoint could not start: ${error.message}. Start once as the owner of ${root}.`)
    process.exit(1)
  })
}
