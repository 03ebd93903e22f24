import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { installApart } from '@/examples/install-apart.mjs'
import { installOnce } from './install-once'

export type CodingAgent = 'claude-code' | 'codex' | 'copilot'

const modules = await installOnce('coding-agents', () => {
  try {
    return join(installApart('coding-agents', 'the coding agents'), 'node_modules')
  } catch (error) {
    console.error(`The coding agents could not be installed: ${String(error)}`)
    return ''
  }
})
const machine = `${process.platform}-${process.arch}`

/**
 * The coding agents themselves, as npm has them; undefined where it has none for this machine, or cannot be reached.
 * TEST_CLAUDE, TEST_CODEX and TEST_COPILOT name others in their place.
 */
export const codingAgents: Record<CodingAgent, string | undefined> = {
  // its own script would only put this beside itself
  'claude-code': find('TEST_CLAUDE', `@anthropic-ai/claude-code-${machine}/claude`),
  codex: find('TEST_CODEX', '.bin/codex', `@openai/codex-${machine}`),
  copilot: find('TEST_COPILOT', '.bin/copilot', `@github/copilot-${machine}`),
}

/** @param needs what is there where npm has it for this machine */
function find(variable: string, program: string, needs = program): string | undefined {
  const given = process.env[variable]
  if (given) return given
  return existsSync(join(modules, needs)) ? join(modules, program) : undefined
}
