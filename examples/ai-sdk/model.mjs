// A scripted model in the place of openai('…'), anthropic('…') and so on, for versions 6 and 7 of the AI SDK.
import { callsAfter } from '../desk.mjs'

const usage = { inputTokens: {}, outputTokens: {} }

export const scriptedModel = {
  specificationVersion: 'v3',
  provider: 'scripted',
  modelId: 'scripted',
  supportedUrls: {},
  async doGenerate({ prompt }) {
    const parts = prompt.filter(({ role }) => role === 'tool').flatMap(({ content }) => content)
    const answers = parts
      .filter(({ type }) => type === 'tool-result')
      .map(({ output }) => output.value ?? output.reason)
    const calls = callsAfter(answers.length)
    const content =
      calls.length === 0
        ? [{ type: 'text', text: answers.join(' | ') }]
        : calls.map(({ id: toolCallId, name: toolName, args }) => ({
            type: 'tool-call',
            toolCallId,
            toolName,
            input: JSON.stringify(args),
          }))
    const finishReason = { unified: calls.length === 0 ? 'stop' : 'tool-calls', raw: undefined }
    return { content, finishReason, usage, warnings: [] }
  },
}
