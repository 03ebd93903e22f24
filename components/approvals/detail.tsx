'use client'

import Link from 'next/link'
import type { ReactNode, RefObject } from 'react'
import type { Approval, SeenApproval } from '@/lib/approvals/schemas'
import { pages } from '@/lib/paths'
import * as say from '@/words/approvals/detail'
import { StatusBadge } from '../ui/badge'
import { CopyButton } from '../ui/copy-button'
import { GoingThere } from '../ui/going-there'
import { Kbd } from '../ui/kbd'
import { late } from '../ui/late'
import { Age, Moment, TimeLeft } from '../ui/time'
import { UntrustedText } from '../ui/untrusted-text'
import { ruleParams } from './call-words'
import { RequestContext } from './context/context'
import { Cues } from './context/cues'
import { DetailSection } from './detail-section'
import { AgentSays, AllParams } from './details'
import { Talk } from './talk/talk'
import { RuleLine } from './rule-line'
import type { LoadedParams } from './use-params'

/** Read where the policy says who decides. */
const WhoDecides = late(() => import('./people/who-decides').then((module) => module.WhoDecides))

const Outcome = late(() => import('./outcome').then((module) => module.Outcome), <div className="h-5" />)
const Former = late(() => import('./edit/former').then((module) => module.Former))
const AgentMetadata = late(() => import('./agent-metadata').then((module) => module.AgentMetadata))
const EditedNote = late(() => import('./edit/edited-note').then((module) => module.EditedNote))

type DetailProps = {
  project: string
  approval: SeenApproval
  loaded: LoadedParams
  /** Where it stands, such as `3 of 47`. */
  position: string | null
  heading: RefObject<HTMLHeadingElement | null>
  /** Below the params: where they are changed. */
  edit: ReactNode
  onChanged: (approval: Approval) => void
}

/** Everything about a request, in sections from what decides to what is for the record. */
export function Detail({ project, approval, loaded, position, heading, edit, onChanged }: DetailProps) {
  return (
    <div className="mx-auto w-full max-w-4xl space-y-6 px-4 py-5 sm:px-6 lg:px-8">
      <Head project={project} approval={approval} position={position} heading={heading} />
      {approval.supersedes !== null && (
        <Former project={project} id={approval.supersedes} params={loaded.paramsOf?.get(approval.id)} />
      )}
      {approval.requirement !== null && <WhoDecides project={project} approval={approval} />}
      <DetailSection title={say.whatWouldRun}>
        <AllParams approval={approval} loaded={loaded} ruleParams={ruleParams(approval.rule.condition)} />
        {approval.edited && <EditedNote edited={approval.edited} />}
        {edit}
      </DetailSection>
      <Talk project={project} approval={approval} onChanged={onChanged} />
      <RequestContext project={project} approval={approval.id} />
      {(approval.description !== null || approval.metadata !== null) && (
        <DetailSection title={say.inTheAgentsWords} note={say.notChecked}>
          <div className="space-y-2">
            {approval.description && <AgentSays text={approval.description} />}
            {approval.metadata && <AgentMetadata metadata={approval.metadata} />}
          </div>
        </DetailSection>
      )}
      <Record project={project} approval={approval} />
    </div>
  )
}

function Head({ project, approval, position, heading }: Omit<DetailProps, 'loaded' | 'edit' | 'onChanged'>) {
  const isPending = approval.status === 'pending'
  return (
    <header className="space-y-2">
      <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <h2
          ref={heading}
          tabIndex={-1}
          id="approval-heading"
          className="code rounded-xs text-xl font-semibold tracking-tight focus:outline-none"
        >
          {approval.tool}
        </h2>
        <p className="text-muted">{say.onAgent(<span className="text-ink">{approval.agent}</span>)}</p>
        <p className="ml-auto text-sm">
          {isPending ? (
            <TimeLeft from={approval.requested_at} until={approval.expires_at} />
          ) : (
            <StatusBadge status={approval.status} />
          )}
        </p>
      </div>
      <p className="text-sm text-muted">
        {say.askedAgo(<Age at={approval.requested_at} isLong />)}
        {position && ` · ${position}`}
        {' · '}
        <Link
          href={pages.run(project, approval.run_id, approval.tool_call_id)}
          scroll={false}
          prefetch={false}
          data-trace=""
          aria-keyshortcuts="t"
          className="link whitespace-nowrap"
        >
          <GoingThere>{say.openTheRun}</GoingThere> <Kbd>T</Kbd>
        </Link>
      </p>
      {!isPending && (
        <div className="space-y-2 rounded-md border border-line bg-surface px-3.5 py-2.5 text-sm">
          <Outcome approval={approval} />
        </div>
      )}
      <Why project={project} approval={approval} />
      {isPending && <Cues project={project} approval={approval.id} />}
    </header>
  )
}

/** Why it was held: the rule with what it fired on, and the policy's own words. */
function Why({ project, approval }: { project: string; approval: SeenApproval }) {
  return (
    <dl className="flex flex-wrap items-baseline gap-x-5 gap-y-1 text-sm">
      <div className="flex min-w-0 items-baseline gap-1.5">
        <dt className="shrink-0 text-faint">
          {approval.status === 'pending' ? say.waitsBecause : say.wasHeldBecause}
        </dt>{' '}
        <dd className="min-w-0">
          <RuleLine rule={approval.rule} tool={approval.tool} isBare />
        </dd>
      </div>
      <div className="flex items-baseline gap-1.5">
        <dt className="shrink-0 text-faint">{say.policy}</dt>{' '}
        <dd>
          <Link href={pages.agent(project, approval.agent, approval.policy_version)} className="link">
            {say.versionNumber(approval.policy_version)}
          </Link>
        </dd>
      </div>
      {approval.message && (
        <div className="flex min-w-0 items-baseline gap-1.5">
          <dt className="shrink-0 text-faint">{say.policySays}</dt>{' '}
          <dd className="min-w-0">
            <UntrustedText text={approval.message} maxCharacters={600} />
          </dd>
        </div>
      )}
    </dl>
  )
}

/** Its times, and what names it elsewhere: ids and digest, to copy. */
function Record({ project, approval }: { project: string; approval: SeenApproval }) {
  const ids: [name: string, id: string | null, href?: string][] = [
    [say.approval, approval.id],
    [say.run, approval.run_id, pages.run(project, approval.run_id)],
    [say.toolCall, approval.tool_call_id],
    [say.askedTogetherIn, approval.turn_id],
  ]
  return (
    <details className="group text-xs text-muted">
      <summary className="w-fit rounded-xs py-1 font-semibold text-faint hover:text-ink">
        {say.record}
      </summary>
      <dl className="mt-1.5 grid grid-cols-[max-content_minmax(0,1fr)] items-center gap-x-4">
        <dt>{say.asked}</dt>
        <dd className="py-1">
          <Moment at={approval.requested_at} />
        </dd>
        <dt>{say.deadline}</dt>
        <dd className="py-1">
          <Moment at={approval.expires_at} />
        </dd>
        {ids.map(
          ([name, id, href = null]) =>
            id !== null && <RecordLine key={name} name={name} text={id} href={href} />,
        )}
        <RecordLine name={say.digest} text={approval.digest} href={null} />
      </dl>
    </details>
  )
}

function RecordLine({ name, text, href }: { name: string; text: string; href: string | null }) {
  return (
    <>
      <dt>{name}</dt>
      <dd className="flex min-w-0 items-center gap-1">
        {href ? (
          <Link href={href} scroll={false} prefetch={false} className="code link">
            {text}
          </Link>
        ) : (
          <code className="code">{text}</code>
        )}
        <CopyButton text={text} label={say.copy(name)} isIconOnly />
      </dd>
    </>
  )
}
