import { accessSync, constants } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'

export type CodingAgent = 'claude-code' | 'codex' | 'copilot'

const sdk = `.data/agents/node_modules/@anthropic-ai/claude-agent-sdk-${process.platform}-${process.arch}/claude`

/**
 * Where the coding agents themselves are, undefined for one that is not here: TEST_CLAUDE, TEST_CODEX and TEST_COPILOT say
 * it, else the PATH, and for Claude Code what lib/testing/agents installs.
 */
export const codingAgents: Record<CodingAgent, string | undefined> = {
  'claude-code': find('TEST_CLAUDE', 'claude', resolve(sdk)),
  codex: find('TEST_CODEX', 'codex'),
  copilot: find('TEST_COPILOT', 'copilot'),
}

function find(variable: string, program: string, beside?: string): string | undefined {
  const paths = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, program))
  return [process.env[variable] ?? '', ...paths, beside ?? ''].find((path) => {
    try {
      accessSync(path, constants.X_OK)
      return path !== ''
    } catch {
      return false
    }
  })
}
