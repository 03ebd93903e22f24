import { compilePolicy, gate } from '@/lib/policy/gate'
import { parsePolicy } from '@/lib/policy/parse'
import type { Run } from '../run'
import { median } from '../statistics'

const ruleCounts = [1, 100, 1000]

/** One judgement of a call in this process, where all rules are for its tool and only the last one fires. */
export async function measurePolicy(run: Run): Promise<void> {
  for (const rules of ruleCounts) {
    run.say(`policy: ${rules} rules`)
    const judge = makeJudge(rules)
    timeOf(judge, Math.ceil(100_000 / rules))
    const once = timeOf(judge, 200) / 200
    const calls = Math.max(200, Math.ceil((run.size.seconds * 1e9) / 6 / once))
    const rounds = Array.from({ length: run.size.rounds }, () => timeOf(judge, calls) / calls)
    const name = `a call judged by ${rules.toLocaleString('en-US')} ${rules === 1 ? 'rule' : 'rules'}`
    run.add({ section: 'policy', name, value: median(rounds), unit: 'ns', rounds })
  }
}

function makeJudge(rules: number): () => void {
  const lines = Array.from({ length: rules }, (_, at) => `    - refund: param.amount > ${rules - at}`)
  const parsed = parsePolicy(`approval:\n  tools:\n${lines.join('\n')}\n`)
  if (!parsed.ok) throw new Error(`The policy was not understood: ${JSON.stringify(parsed.errors[0])}`)
  const policy = compilePolicy(parsed.policy)
  const call = { tool: 'refund', params: { amount: 1.5, order_id: 'ORD-1' }, context: {} }
  return () => {
    if (gate(policy, call).action === 'allow') throw new Error('The last rule did not fire.')
  }
}

/** Nanoseconds of all. */
function timeOf(judge: () => void, calls: number): number {
  const begun = performance.now()
  for (let at = 0; at < calls; at++) judge()
  return (performance.now() - begun) * 1e6
}
