// @ts-check
import { compiled } from '../compile.mjs'
import { root } from '../install.mjs'

process.chdir(root)
Object.assign(process.env, { NODE_ENV: 'production' })
// the server, or what it is measured against
const { main } = await import(await compiled(`lib/cli/bench/${process.argv[2] ?? 'server'}.ts`))
await main()
