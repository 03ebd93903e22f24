import type { Outcome } from './call-tool'
import { isJson, type Json } from './terminal'

/** One turn of the model: words, with a tool to call or a message to a customer. */
export type Turn = {
  text: string
  call?: { tool: string; params: Json; description: string }
  message?: { order: string; text: string }
}

/** The conversation is all that the agent has to keep between its lives. */
export type Entry =
  { role: 'user'; text: string } | { role: 'model'; turn: Turn } | { role: 'tool'; outcome: Outcome }

export const task =
  'Three customers wrote. ORD-1234: the lamp arrived broken, please refund it. ORD-1287: the desk never came, ' +
  'refund all 2400. ORD-1199: ordered by mistake, please cancel.'

type Plan = { order: string; begin(conversation: Entry[]): Turn }

const plan: Plan[] = [
  {
    order: 'ORD-1234',
    begin: () => ({
      text: 'First I look up what the broken lamp cost.',
      call: {
        tool: 'order_tools.lookup_order',
        params: { order_id: 'ORD-1234' },
        description: 'What did the customer pay?',
      },
    }),
  },
  {
    order: 'ORD-1234',
    begin: (conversation) => {
      const total = totalFrom(conversation)
      if (total === undefined) return { text: 'Without its price I cannot refund the lamp; a person has to.' }
      return refund('ORD-1234', total, 'The lamp arrived broken.')
    },
  },
  { order: 'ORD-1287', begin: () => refund('ORD-1287', 2400, 'The desk never arrived.') },
  {
    order: 'ORD-1199',
    begin: () => ({
      text: 'Last, the cancellation.',
      call: {
        tool: 'order_tools.cancel_order',
        params: { order_id: 'ORD-1199', reason: 'customer_request' },
        description: 'The customer ordered it by mistake.',
      },
    }),
  },
]

/**
 * A model that needs no key: its next turn follows from the conversation alone, so that it is the same in every
 * life of the agent. It refunds what the lookup said; where a call did not happen it tells the customer and
 * goes on.
 * @returns undefined when all is done
 */
export function nextTurn(conversation: Entry[]): Turn | undefined {
  const turns = conversation.flatMap((entry) => (entry.role === 'model' ? [entry.turn] : []))
  const position = turns.filter((turn) => turn.message === undefined).length
  const last = conversation.at(-1)
  const order = plan[position - 1]?.order
  if (last?.role === 'tool' && order !== undefined && last.outcome.kind !== 'ran')
    return tellCustomer(order, last.outcome)
  return plan[position]?.begin(conversation)
}

/** How many calls the model has made; the last one's id comes from it. */
export function callCount(conversation: Entry[]): number {
  return conversation.filter((entry) => entry.role === 'model' && entry.turn.call).length
}

function refund(order: string, amount: number, description: string): Turn {
  return {
    text: `I refund ${amount} for ${order}.`,
    call: { tool: 'order_tools.process_refund', params: { order_id: order, amount }, description },
  }
}

function totalFrom(conversation: Entry[]): number | undefined {
  const found = conversation.find((entry) => entry.role === 'tool')
  if (found?.role !== 'tool' || found.outcome.kind !== 'ran') return
  const { output } = found.outcome
  return isJson(output) && typeof output.total === 'number' ? output.total : undefined
}

/** A refusal by a person and one by nobody are not the same news. */
function tellCustomer(order: string, outcome: Outcome): Turn {
  if (outcome.kind !== 'rejected') {
    return {
      text: `That failed, so ${order} goes to a person.`,
      message: { order, text: `We could not settle ${order} automatically. A person is looking into it.` },
    }
  }
  const isExpired = outcome.status === 'expired'
  return {
    text: isExpired
      ? `Nobody decided on ${order} in time. I go on without it.`
      : `${order} was refused. I go on without it.`,
    message: {
      order,
      text: isExpired
        ? `Your request about ${order} is still waiting for a person. We will write again.`
        : `We cannot do what you asked for ${order} right away. A person will write to you about it.`,
    },
  }
}
