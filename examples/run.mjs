// npm run example [NAME]: an agent of examples/NAME; without a name the order manager.
import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { installFrameworks, modernNode } from './install.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))
const isNamed = process.argv[2] !== undefined && !process.argv[2].startsWith('-')
const name = isNamed ? process.argv[2] : 'order-manager'
const args = process.argv.slice(isNamed ? 3 : 2)

/** What to start: program and file. */
function programOf() {
  if (name === 'order-manager') return [process.execPath, '--import', 'tsx', join(here, name, 'main.ts')]
  if (name === 'python') return ['python3', join(here, name, 'agent.py')]
  if (name === 'fetch') return [process.execPath, join(here, name, 'agent.mjs')]
  const node = ['ai-sdk', 'mastra'].includes(name) ? modernNode : () => process.execPath
  const examples = installFrameworks()
  const program = node()
  if (program === undefined) throw new Error(`${name} needs Node 22.13 or newer.`)
  return [program, join(examples, name, 'agent.mjs')]
}

const isHere = (folder) =>
  ['main.ts', 'agent.mjs', 'agent.py'].some((file) => existsSync(join(here, folder, file)))
if (!isHere(name)) {
  console.error(`There is no example ${name}. There are: ${readdirSync(here).filter(isHere).join(', ')}.`)
  process.exit(2)
}
try {
  const [program, ...first] = programOf()
  const child = spawn(program, [...first, ...args], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
  child.on('error', ({ message }) => {
    console.error(message)
    process.exit(1)
  })
  child.on('close', (code) => process.exit(code ?? 1))
} catch (error) {
  console.error(error.message)
  process.exit(1)
}
