import { describe, expect, test } from 'vitest'
import { nextTurn, type Entry } from './model'

describe('the model', () => {
  const worked = (output: unknown): Entry => ({
    role: 'tool',
    outcome: { kind: 'ran', output },
  })
  const refused = (status: 'rejected' | 'expired'): Entry => ({
    role: 'tool',
    outcome: { kind: 'rejected', status, message: 'no' },
  })

  /** Plays the model against outcomes, and returns what it did. */
  function play(outcomes: Entry[]): string[] {
    const conversation: Entry[] = [{ role: 'user', text: 'go' }]
    const done: string[] = []
    for (let turn = nextTurn(conversation); turn; turn = nextTurn(conversation)) {
      conversation.push({ role: 'model', turn })
      done.push(
        turn.call
          ? `${turn.call.tool} ${JSON.stringify(turn.call.params)}`
          : (turn.message?.text ?? turn.text),
      )
      const outcome = turn.call && outcomes.shift()
      if (outcome) conversation.push(outcome)
    }
    return done
  }

  test('refunds what the lookup said, then goes on to the others', () => {
    expect(play([worked({ total: 129 }), worked({}), worked({}), worked({})])).toEqual([
      'order_tools.lookup_order {"order_id":"ORD-1234"}',
      'order_tools.process_refund {"order_id":"ORD-1234","amount":129}',
      'order_tools.process_refund {"order_id":"ORD-1287","amount":2400}',
      'order_tools.cancel_order {"order_id":"ORD-1199","reason":"customer_request"}',
    ])
  })

  test('tells the customer of a refusal, and of an expiry in other words', () => {
    const done = play([worked({ total: 129 }), worked({}), refused('rejected'), refused('expired')])
    expect(done[3]).toMatch(/cannot do .* ORD-1287/)
    expect(done[4]).toMatch(/cancel_order/)
    expect(done[5]).toMatch(/ORD-1199 is still waiting/)
    expect(done).toHaveLength(6)
  })

  test('refunds nothing where it does not know how much', () => {
    const done = play([refused('rejected'), worked({}), worked({})])
    expect(done.filter((line) => line.includes('process_refund'))).toEqual([
      'order_tools.process_refund {"order_id":"ORD-1287","amount":2400}',
    ])
  })
})
