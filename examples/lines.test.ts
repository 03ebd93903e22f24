import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

/** By their names in the guide; each marks what of it is there for the gate, and what for parking. */
const examples = {
  'OpenAI Agents SDK': ['openai-agents/agent.mjs'],
  'AI SDK 6 and 7': ['ai-sdk/agent.mjs'],
  LangChain: ['langchain/agent.mjs'],
  Mastra: ['mastra/agent.mjs'],
  'Claude Agent SDK': ['claude-agent/agent.mjs'],
  Python: ['python/agent.py'],
  'by hand, with `fetch`': ['fetch/agent.mjs'],
}

/** Lines of code in the regions of a kind. */
function linesOf(kind: 'gate' | 'park', files: string[]): number {
  const text = files.map((file) => readFileSync(`examples/${file}`, 'utf8')).join('\n')
  const regions = text.matchAll(new RegExp(`#region ${kind}\n([^]*?)(?://|#) ?#endregion`, 'g'))
  return linesOfCode([...regions].map(([, region]) => region).join('\n'))
}

const linesOfCode = (text: string) =>
  text.split('\n').filter((line) => !/^\s*(\/\/.*|\/?\*.*|#.*)?$/.test(line)).length

test.each(['ai', 'claude', 'langchain', 'mastra', 'openai-agents', 'tools'])(
  'the adapter %s is 60 lines of code at most',
  (name) => {
    const lines = linesOfCode(readFileSync(`lib/client/adapters/${name}.ts`, 'utf8'))
    expect(lines).toBeGreaterThan(10)
    expect(lines).toBeLessThanOrEqual(60)
  },
)

test('the guide says how many lines each framework takes, as the examples have them', () => {
  const rows = Object.entries(examples).map(([name, files]) => {
    const park = linesOf('park', files)
    return `| ${name} | ${linesOf('gate', files)} | ${park || '-'} |`
  })
  const guide = readFileSync('docs/guides/waiting-and-claiming.md', 'utf8')
  const told = guide.split('\n').filter((line) => /^\|[^|]+\| \d+ \| [\d-]+ \|$/.test(line))
  expect(told).toEqual(rows)
})
