// @ts-check
import { root } from '../install.mjs'

process.chdir(root)
Object.assign(process.env, { NODE_ENV: 'production' })
const { register } = await import('tsx/esm/api')
register()
const { main } = await import(new URL('./server.ts', import.meta.url).href)
await main()
