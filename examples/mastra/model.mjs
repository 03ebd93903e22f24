// A scripted model in the place of 'openai/gpt-…' and so on.
import { callsAfter } from '../desk.mjs'

const usage = { inputTokens: 0, outputTokens: 0, totalTokens: 0 }

export const scriptedModel = {
  specificationVersion: 'v2',
  provider: 'scripted',
  modelId: 'scripted',
  supportedUrls: {},
  async doGenerate({ prompt }) {
    const parts = prompt.filter(({ role }) => role === 'tool').flatMap(({ content }) => content)
    const answers = parts.map(({ output }) => output.value)
    const calls = callsAfter(answers.length)
    if (calls.length === 0) {
      const content = [{ type: 'text', text: answers.join(' | ') }]
      return { content, finishReason: 'stop', usage, warnings: [] }
    }
    const content = calls.map(({ id: toolCallId, name: toolName, args }) => {
      return { type: 'tool-call', toolCallId, toolName, input: JSON.stringify(args) }
    })
    return { content, finishReason: 'tool-calls', usage, warnings: [] }
  },
}
