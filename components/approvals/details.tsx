import Link from 'next/link'
import { useMemo, type ReactNode } from 'react'
import type { SeenApproval } from '@/lib/approvals/schemas'
import { pages } from '@/lib/paths'
import { Button } from '../ui/button'
import { ErrorState } from '../ui/empty-state'
import { Fact, Facts } from '../ui/page-header'
import { Params } from '../ui/params'
import { SkeletonRows } from '../ui/skeleton'
import { Moment } from '../ui/time'
import { UntrustedText } from '../ui/untrusted-text'
import { RuleLine } from './rule-line'
import { useParams, type LoadedParams } from './use-params'

type ApprovalDetailsProps = {
  approval: SeenApproval
  project: string
  /** What is to be done about it, right below the params that it is about; not before all of these are there. */
  children?: ReactNode
}

/** Everything about a request: all params as they would run, and why it was held. */
export function ApprovalDetails({ approval, project, children }: ApprovalDetailsProps) {
  const loaded = useParams(
    project,
    useMemo(() => [approval], [approval]),
  )
  return (
    <div className="grid gap-4 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <div className="min-w-0 space-y-3">
        <AllParams approval={approval} loaded={loaded} />
        {approval.description && <AgentSays text={approval.description} />}
        <AgentMetadata metadata={approval.metadata} />
        {loaded.paramsOf && children}
      </div>
      <Facts>
        <Fact name="Rule">
          <RuleLine rule={approval.rule} tool={approval.tool} isBare />
        </Fact>
        {approval.message && (
          <Fact name="Policy says">
            <UntrustedText text={approval.message} maxCharacters={600} />
          </Fact>
        )}
        <Fact name="If rejected">{rejectionWords(approval)}</Fact>
        <Fact name="Asked">
          <Moment at={approval.requested_at} />
        </Fact>
        <Fact name="Deadline">
          <Moment at={approval.expires_at} />
        </Fact>
        <Fact name="Policy">
          <Link href={pages.agent(project, approval.agent)} className="link">
            {approval.agent}, version {approval.policy_version}
          </Link>
        </Fact>
        <Fact name="Run">
          <Link
            href={pages.run(project, approval.run_id)}
            scroll={false}
            prefetch={false}
            className="code link"
          >
            {approval.run_id}
          </Link>
        </Fact>
        <Fact name="Tool call">
          <code className="code">{approval.tool_call_id}</code>
        </Fact>
        {approval.turn_id && (
          <Fact name="Asked together in">
            <code className="code">{approval.turn_id}</code>
          </Fact>
        )}
      </Facts>
    </div>
  )
}

/** All params, or that they are being read, or why they cannot be. */
export function AllParams({ approval, loaded }: { approval: SeenApproval; loaded: LoadedParams }) {
  const { paramsOf, error, retry } = loaded
  const params = paramsOf?.get(approval.id)
  if (params) return <Params params={params} digest={approval.digest} />
  if (!error) return <SkeletonRows rows={3} label="Loading all params" />
  return (
    <ErrorState title="The params could not be read" action={<Button onClick={retry}>Try again</Button>}>
      {error.message} Nothing can be decided before all of them are shown.
    </ErrorState>
  )
}

/** The agent's own account, kept apart from what Holdpoint knows. */
export function AgentSays({ text }: { text: string }) {
  return (
    <div className="rounded-sm border border-line bg-surface px-3 py-2">
      <p className="mb-0.5 text-xs font-medium text-muted">The agent says</p>
      <UntrustedText text={text} maxCharacters={1200} className="text-sm" />
    </div>
  )
}

/** Where the agent says that the call comes from, name by name. */
export function AgentMetadata({ metadata }: Pick<SeenApproval, 'metadata'>) {
  if (metadata === null) return null
  return (
    <div className="rounded-sm border border-line bg-surface px-3 py-2">
      <p className="mb-0.5 text-xs font-medium text-muted">The agent says where this comes from</p>
      <dl className="space-y-0.5 text-sm">
        {Object.entries(metadata).map(([name, text]) => (
          <div key={name} className="flex flex-wrap gap-x-2">
            <dt className="text-muted">
              <UntrustedText text={name} singleLine isBrief />
            </dt>
            <dd className="min-w-0">
              <UntrustedText text={text} maxCharacters={400} />
            </dd>
          </div>
        ))}
      </dl>
    </div>
  )
}

/** What a rejection does to the run. */
export function rejectionWords(approval: Pick<SeenApproval, 'on_rejection'>): string {
  return approval.on_rejection === 'fail'
    ? 'The run fails and its other requests are withdrawn'
    : 'The agent is told and goes on without it'
}
