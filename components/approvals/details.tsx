import type { SeenApproval } from '@/lib/approvals/schemas'
import * as say from '@/words/approvals/details'
import * as shared from '@/words/shared'
import { Button } from '../ui/button'
import { ErrorState } from '../ui/error-state'
import { Params } from '../ui/params'
import { SkeletonRows } from '../ui/skeleton'
import { UntrustedText } from '../ui/untrusted-text'
import type { LoadedParams } from './use-params'

/** All params, or that they are being read, or why they cannot be. */
export function AllParams({
  approval,
  loaded,
  ruleParams,
}: {
  approval: SeenApproval
  loaded: LoadedParams
  /** Those that the rule fired on. */
  ruleParams?: readonly string[]
}) {
  const { paramsOf, error, retry } = loaded
  const params = paramsOf?.get(approval.id)
  if (params) return <Params params={params} digest={approval.digest} {...(ruleParams && { ruleParams })} />
  if (!error) return <SkeletonRows rows={3} label={say.loadingAllParams} />
  return (
    <ErrorState title={say.paramsCouldNotBeRead} action={<Button onClick={retry}>{shared.tryAgain}</Button>}>
      {say.nothingBeforeShown(error.message)}
    </ErrorState>
  )
}

/** The agent's own account, kept apart from what Holdpoint knows. */
export function AgentSays({ text }: { text: string }) {
  return (
    <div className="rounded-sm border border-line bg-surface px-3 py-2">
      <p className="mb-0.5 text-xs font-medium text-muted">{say.theAgentSays}</p>
      <UntrustedText text={text} maxCharacters={1200} className="text-sm" />
    </div>
  )
}
