'use client'

import type { AuditEntry } from '@/lib/audit/schemas'
import type { Listed } from '@/lib/fields'
import { api } from '@/lib/paths'
import { deployCommand } from '@/lib/try-it'
import * as say from '@/words/audit/audit-log'
import { EmptyState } from '../ui/empty-state'
import { PagedList } from '../ui/paged-list'
import { rowsPerPage } from '../ui/rows-per-page'
import { useIsPrinting } from '../ui/use-is-printing'
import { AuditRow } from './audit-row'
import type { AuditFilter } from './filter'

type AuditLogProps = { project: string; appUrl: string; filter: AuditFilter; initial: Listed<AuditEntry> }

/** Deploys, members and keys make no event of their own; a seal follows its entry within two seconds. */
const lookMs = 15_000
const sealMs = 2500

/** The audit log, newest first. */
export function AuditLog({ project, appUrl, filter, initial }: AuditLogProps) {
  const isPrinting = useIsPrinting()
  return (
    <PagedList
      label={say.auditEntries}
      what={say.theAuditLog}
      path={api.audit(project, { limit: rowsPerPage, ...filter })}
      initial={initial}
      refreshMs={(pages) => (pages.some(isBeingSealed) ? sealMs : lookMs)}
      empty={<AuditEmpty isFiltered={Object.keys(filter).length > 0} appUrl={appUrl} />}
    >
      {(entry) => <AuditRow key={entry.id} project={project} entry={entry} isPrinting={isPrinting} />}
    </PagedList>
  )
}

function isBeingSealed(page: Listed<AuditEntry>): boolean {
  return page.items.some(({ seq }) => seq === null)
}

function AuditEmpty({ isFiltered, appUrl }: { isFiltered: boolean; appUrl: string }) {
  if (isFiltered) {
    return (
      <EmptyState icon="search" title={say.noneMatches}>
        {say.changeTheFilters}
      </EmptyState>
    )
  }
  const command = deployCommand(appUrl, '$HOLDPOINT_KEY', '@agent.yaml')
  return (
    <EmptyState icon="audit" title={say.nothingYet} command={command}>
      {say.whatAppearsHere}
    </EmptyState>
  )
}
