// @ts-check
import { compiled } from '../compile.mjs'
import { root } from '../install.mjs'

process.chdir(root)
Object.assign(process.env, { NODE_ENV: 'production' })
const { main } = await import(await compiled('lib/cli/bench/server.ts'))
await main()
