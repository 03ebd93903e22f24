import type { Approval, SeenApproval } from '@/lib/approvals/schemas'
import type { Problem } from '@/lib/http/problem'
import { StatusBadge } from '../ui/badge'
import { TimeLeft } from '../ui/time'
import { AllParams } from './details'
import { OutcomeLine } from './outcome'
import { ParamsLine } from './params-line'
import { RuleLine } from './rule-line'
import type { LoadedParams } from './use-params'

/** Whether it is on record, or why not. */
export type DecidedOne = { id: string; approval: Approval } | { id: string; problem: Problem }

type BulkItemProps = { approval: SeenApproval; loaded: LoadedParams; result: DecidedOne | undefined }

/** One of several requests: all of its params before the decision, what became of it after. */
export function BulkItem({ approval, loaded, result }: BulkItemProps) {
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
            <ParamsLine approval={approval} />
          </p>
          <Result result={result} />
        </>
      ) : (
        <>
          <RuleLine rule={approval.rule} tool={approval.tool} />
          <AllParams approval={approval} loaded={loaded} />
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
