import type { Approval } from '@/lib/approvals/schemas'
import { StatusBadge } from '../ui/badge'
import { Params, ParamsSummary } from '../ui/params'
import { TimeLeft } from '../ui/time'
import type { DecidedOne } from './input'
import { OutcomeLine } from './outcome'
import { RuleLine } from './rule-line'

/** One of several requests: all of its params before the decision, what became of it after. */
export function BulkItem({ approval, result }: { approval: Approval; result: DecidedOne | undefined }) {
  return (
    <li className="space-y-2 px-3 py-2.5">
      <div className="flex flex-wrap items-baseline gap-x-2">
        <code className="code font-semibold">{approval.tool}</code>
        <span className="text-sm text-muted">on {approval.agent}</span>
        {!result && (
          <span className="ml-auto text-sm">
            <TimeLeft from={approval.requested_at} until={approval.expires_at} />
          </span>
        )}
      </div>
      {result ? (
        <>
          <p className="text-sm">
            <ParamsSummary params={approval.params} />
          </p>
          <Result result={result} />
        </>
      ) : (
        <>
          <RuleLine rule={approval.rule} tool={approval.tool} />
          <Params params={approval.params} digest={approval.digest} />
        </>
      )}
    </li>
  )
}

function Result({ result }: { result: DecidedOne }) {
  if ('approval' in result) return <StatusBadge status={result.approval.status} />
  const { problem } = result
  return (
    <p className="text-sm">
      <span className="font-medium text-danger">Not recorded: </span>
      {problem.approval ? <OutcomeLine approval={problem.approval} /> : problem.detail}
    </p>
  )
}
