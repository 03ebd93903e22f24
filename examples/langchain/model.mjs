// A scripted model in the place of ChatOpenAI, ChatAnthropic and so on.
import { BaseChatModel } from '@langchain/core/language_models/chat_models'
import { AIMessage } from '@langchain/core/messages'
import { callsAfter } from '../desk.mjs'

export class ScriptedModel extends BaseChatModel {
  _llmType() {
    return 'scripted'
  }
  bindTools() {
    return this
  }
  async _generate(messages) {
    const answers = messages.filter((message) => message.type === 'tool').map(({ content }) => content)
    const calls = callsAfter(answers.length)
    const message =
      calls.length > 0
        ? new AIMessage({ content: '', tool_calls: calls.map((call) => ({ ...call, type: 'tool_call' })) })
        : new AIMessage(answers.join(' | '))
    return { generations: [{ text: message.text, message }] }
  }
}
