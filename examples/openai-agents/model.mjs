// A scripted model in the place of OpenAI's.
import { callsAfter } from '../desk.mjs'

const usage = { requests: 1, inputTokens: 0, outputTokens: 0, totalTokens: 0 }

export const scriptedModel = {
  async getResponse({ input }) {
    const answers = input.filter?.((item) => item.type === 'function_call_result') ?? []
    const calls = callsAfter(answers.length)
    if (calls.length > 0) {
      const output = calls.map(({ id: callId, name, args }) => ({
        type: 'function_call',
        callId,
        name,
        arguments: JSON.stringify(args),
        status: 'completed',
      }))
      return { usage, output }
    }
    const text = answers.map(({ output }) => output?.text ?? output).join(' | ')
    const content = [{ type: 'output_text', text }]
    return { usage, output: [{ type: 'message', role: 'assistant', status: 'completed', content }] }
  },
}
