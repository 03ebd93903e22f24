// @ts-check
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { requireNode, root } from './install.mjs'

requireNode()
process.chdir(root)
if (!existsSync(join(root, 'node_modules', 'tsx'))) {
  console.error('The packages are not installed yet. Run npm start once, or npm ci.')
  process.exit(1)
}
Object.assign(process.env, { NODE_ENV: 'production' })
const { register } = await import('tsx/esm/api')
register()
const { main } = await import(new URL('./bench/main.ts', import.meta.url).href)
process.exit(await main(process.argv.slice(2)))
