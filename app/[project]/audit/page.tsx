import type { Metadata } from 'next'
import { AuditFilters } from '@/components/audit/audit-filters'
import { AuditLog } from '@/components/audit/audit-log'
import { auditFields, type AuditFilter } from '@/components/audit/filter'
import { VerifyChain } from '@/components/audit/verify-chain'
import { Button } from '@/components/ui/button'
import { LeftOut } from '@/components/ui/left-out'
import { Notice, PageHeader } from '@/components/ui/page-header'
import { rowsPerPage } from '@/components/ui/rows-per-page'
import { readAudit } from '@/lib/audit/read'
import { hasRole, type Context } from '@/lib/context'
import { pageQuery, type Search } from '@/lib/http/input'
import { api, pages } from '@/lib/paths'
import { requireMember } from '@/lib/sign-in/session'

export const metadata: Metadata = { title: 'Audit' }

type Props = {
  params: Promise<{ project: string }>
  searchParams: Promise<Search>
}

const note =
  'Every decision, deploy and change, with who did it and when. Entries are chained and never changed.'

export default async function AuditPage({ params, searchParams }: Props) {
  const ctx = await requireMember((await params).project)
  if (!hasRole(ctx.actor.role, 'admin')) {
    return (
      <>
        <PageHeader title="Audit" note={note} />
        <Notice>
          The audit log is for admins and owners of this project; your role is {ctx.actor.role}. Decisions
          stand on the Approvals page, with who made them and when.
        </Notice>
      </>
    )
  }
  const { query: filter, leftOut } = pageQuery(auditFields, await searchParams)
  const initial = await readFirst(ctx, filter)
  const project = ctx.project.slug
  return (
    <>
      <PageHeader title="Audit" note={note} />
      <VerifyChain project={project}>
        <Exports project={project} />
      </VerifyChain>
      <LeftOut names={leftOut} />
      <AuditFilters project={project} filter={filter} />
      <AuditLog
        key={pages.audit(project, filter)}
        project={project}
        appUrl={ctx.appUrl}
        filter={filter}
        initial={initial}
      />
    </>
  )
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
        <Button type="submit">Export NDJSON</Button>
      </form>
      <form method="post" action={api.exportAudit(project, 'csv')}>
        <Button type="submit">Export CSV</Button>
      </form>
    </>
  )
}
