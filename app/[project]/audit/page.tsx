import type { Metadata } from 'next'
import { AuditFilters } from '@/components/audit/audit-filters'
import { AuditLog } from '@/components/audit/audit-log'
import { auditFields, type AuditFilter } from '@/components/audit/filter'
import { NoSuchName } from '@/components/audit/no-such-name'
import { VerifyChain } from '@/components/audit/verify-chain'
import { Button } from '@/components/ui/button'
import { LeftOut } from '@/components/ui/left-out'
import { Notice } from '@/components/ui/notice'
import { PageHeader } from '@/components/ui/page-header'
import { roleWord } from '@/components/ui/role-word'
import { rowsPerPage } from '@/components/ui/rows-per-page'
import { matchName, type NameMatch } from '@/lib/audit/match-name'
import { readAuditNames, readSealedTo } from '@/lib/audit/names'
import { readAudit } from '@/lib/audit/read'
import { hasRole, type Context } from '@/lib/context'
import { pageQuery, type Search } from '@/lib/http/input'
import { api, pages } from '@/lib/paths'
import { requireMember } from '@/lib/sign-in/session'
import * as say from '@/words/pages/audit'

export const metadata: Metadata = { title: say.audit }

type Props = {
  params: Promise<{ project: string }>
  searchParams: Promise<Search>
}

const note = say.whatItHoldsForGood

export default async function AuditPage({ params, searchParams }: Props) {
  const ctx = await requireMember((await params).project)
  if (!hasRole(ctx.actor.role, 'admin')) {
    return (
      <>
        <PageHeader title={say.audit} note={note} />
        <Notice>{say.onlyForAdmins(roleWord(ctx.actor.role))}</Notice>
      </>
    )
  }
  const { query: filter, leftOut } = pageQuery(auditFields, await searchParams)
  const project = ctx.project.slug
  const isNamed = filter.actor !== undefined || filter.target !== undefined
  const [names, sealedTo, all] = await Promise.all([
    readAuditNames(ctx),
    readSealedTo(ctx),
    isNamed ? undefined : readFirst(ctx, filter),
  ])
  const actor = filter.actor === undefined ? undefined : matchName(names, filter.actor)
  const target = filter.target === undefined ? undefined : matchName(names, filter.target)
  const unknown = (
    <div className="space-y-3">
      <Unknown project={project} filter={filter} of="actor" what={say.memberOrKey} match={actor} />
      <Unknown
        project={project}
        filter={filter}
        of="target"
        what={say.agentMemberKeyOrWebhook}
        match={target}
      />
    </div>
  )
  const isKnown = (actor?.is ?? 'one') === 'one' && (target?.is ?? 'one') === 'one'
  const byId = { ...filter, ...idOf('actor', actor), ...idOf('target', target) }
  return (
    <>
      <PageHeader title={say.audit} note={note} />
      <VerifyChain project={project} sealedTo={sealedTo}>
        <Exports project={project} />
      </VerifyChain>
      <LeftOut names={leftOut} />
      <AuditFilters project={project} filter={filter} names={names} shown={shownOf(actor, target)} />
      {isKnown ? (
        <AuditLog
          key={pages.audit(project, byId)}
          project={project}
          appUrl={ctx.appUrl}
          filter={byId}
          initial={all ?? (await readFirst(ctx, byId))}
        />
      ) : (
        unknown
      )}
    </>
  )
}

type Match = NameMatch | undefined

const idOf = <K extends string>(name: K, match: Match) =>
  match?.is === 'one' ? ({ [name]: match.id } as Record<K, string>) : {}

function shownOf(actor: Match, target: Match) {
  const nameOf = (match: Match) => (match?.is === 'one' ? (match.name ?? undefined) : undefined)
  const [actorName, targetName] = [nameOf(actor), nameOf(target)]
  return { ...(actorName && { actor: actorName }), ...(targetName && { target: targetName }) }
}

type UnknownProps = {
  project: string
  filter: AuditFilter
  of: 'actor' | 'target'
  what: string
  match: Match
}

function Unknown({ project, filter, of, what, match }: UnknownProps) {
  if (match === undefined || match.is === 'one') return null
  const pathOf = (id: string) => pages.audit(project, { ...filter, [of]: id })
  return <NoSuchName text={filter[of] ?? ''} what={what} match={match} pathOf={pathOf} />
}

function readFirst(ctx: Context, { since, until, action, ...filter }: AuditFilter) {
  const moment = (at: string | undefined) => (at === undefined ? undefined : new Date(at))
  const actions = action && [action]
  return readAudit(ctx, {
    ...filter,
    actions,
    since: moment(since),
    until: moment(until),
    limit: rowsPerPage,
  })
}

/** The whole log, whatever is filtered; an export is itself on record. */
function Exports({ project }: { project: string }) {
  return (
    <>
      <form method="post" action={api.exportAudit(project, 'ndjson')}>
        <Button type="submit">{say.exportNdjson}</Button>
      </form>
      <form method="post" action={api.exportAudit(project, 'csv')}>
        <Button type="submit">{say.exportCsv}</Button>
      </form>
    </>
  )
}
