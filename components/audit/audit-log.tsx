'use client'

import { useMemo } from 'react'
import useSWRInfinite from 'swr/infinite'
import type { AuditEntry } from '@/lib/audit/schemas'
import { fetchJson } from '../frame/fetch-json'
import { useLive } from '../frame/live'
import { Button } from '../ui/button'
import { EmptyState, ErrorState } from '../ui/empty-state'
import { ListFrame } from '../ui/table'
import { AuditRow } from './audit-row'
import { auditPerPage, writeAuditFilter, type AuditQuery } from './filter'

type AuditPage = { items: AuditEntry[]; next_cursor: string | null }
type AuditLogProps = { project: string; appUrl: string; filter: AuditQuery; initial: AuditPage }

/** Deploys, members and keys make no event of their own; a seal follows its entry within two seconds. */
const lookMs = 15_000
const sealMs = 2500

/** The audit log, newest first. */
export function AuditLog({ project, appUrl, filter, initial }: AuditLogProps) {
  const query = writeAuditFilter(filter)
  const base = `/api/audit?project=${encodeURIComponent(project)}&limit=${auditPerPage}${query && `&${query}`}`
  const keyOf = (_: number, before: AuditPage | null) => {
    if (before === null) return base
    return before.next_cursor === null ? null : `${base}&cursor=${encodeURIComponent(before.next_cursor)}`
  }
  const { data, error, size, setSize, mutate } = useSWRInfinite<AuditPage, Error>(keyOf, fetchJson, {
    fallbackData: [initial],
    revalidateAll: true,
    refreshInterval: (pages) => (pages?.some(isBeingSealed) ? sealMs : lookMs),
  })
  useLive(() => void mutate())
  const entries = useMemo(() => uniqueEntries(data ?? []), [data])
  const pages = data ?? [initial]
  const isLoadingMore = size > pages.length

  return (
    <>
      {error && (
        <div className="mb-3">
          <ErrorState
            title="The audit log could not be read just now"
            action={<Button onClick={() => void mutate()}>Try again</Button>}
          >
            {error.message} What is shown below may be behind.
          </ErrorState>
        </div>
      )}
      {entries.length > 0 && (
        <ListFrame>
          <ul aria-label="Audit entries" className="divide-y divide-line">
            {entries.map((entry) => (
              <AuditRow key={entry.id} project={project} entry={entry} />
            ))}
          </ul>
        </ListFrame>
      )}
      {entries.length === 0 && !error && <AuditEmpty isFiltered={query !== ''} appUrl={appUrl} />}
      {pages.at(-1)?.next_cursor != null && (
        <Button
          variant="ghost"
          isBusy={isLoadingMore}
          onClick={() => void setSize(size + 1)}
          className="mt-2"
        >
          {isLoadingMore ? 'Loading…' : 'Load more'}
        </Button>
      )}
    </>
  )
}

function isBeingSealed(page: AuditPage): boolean {
  return page.items.some(({ seq }) => seq === null)
}

/** An entry that moved between two reads may stand on two pages. */
function uniqueEntries(pages: AuditPage[]): AuditEntry[] {
  return [...new Map(pages.flatMap((page) => page.items).map((entry) => [entry.id, entry])).values()]
}

function AuditEmpty({ isFiltered, appUrl }: { isFiltered: boolean; appUrl: string }) {
  if (isFiltered) {
    return (
      <EmptyState icon="search" title="No entry matches these filters">
        Change or clear the filters above.
      </EmptyState>
    )
  }
  const command = `curl -X PUT ${appUrl}/api/agents/order-manager \\
  -H "Authorization: Bearer $HOLDPOINT_KEY" \\
  -H "Content-Type: application/yaml" \\
  --data-binary @agent.yaml`
  return (
    <EmptyState icon="audit" title="Nothing is on record yet" command={command}>
      Every decision, deploy and change of members or keys is kept here with who did it and when. A deploy
      makes the first entry:
    </EmptyState>
  )
}
