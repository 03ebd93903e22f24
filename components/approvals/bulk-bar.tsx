'use client'

import { useState } from 'react'
import type { Digests } from '@/lib/approvals/digests'
import type { SeenApproval } from '@/lib/approvals/schemas'
import { api } from '@/lib/paths'
import * as say from '@/words/approvals/bulk-bar'
import { fetchJson } from '../frame/fetch-json'
import { Button } from '../ui/button'
import { late } from '../ui/late'
import { useToast } from '../ui/toast'
import type { DecideMany } from './bulk-dialog'
import { emptyDraft } from './bulk-draft'
import { countWords } from './count-words'
import { narrowing, type QueueFilter } from './filter'
import type { BulkKind } from './use-decision'
import type { Selected, Selection } from './use-selection'

/** Read when it is needed, as few need it. */
const BulkDialog = late(() => import('./bulk-dialog').then((module) => module.BulkDialog))

type BulkBarProps = {
  project: string
  decideMany: DecideMany
  selection: Selection
  known: ReadonlyMap<string, SeenApproval>
  filter: QueueFilter
  /** How many the filters fit; undefined while that is counted. */
  matching: number | undefined
  onResolved: (approval: SeenApproval) => void
  /** All that was confirmed was sent, and the dialog is closed. */
  onDone: () => void
}

/** What can be done with the selected rows, at the list's foot; each opens a dialog that lists them, none decides. */
export function BulkBar(props: BulkBarProps) {
  const { project, decideMany, selection, known, filter, matching, onResolved, onDone } = props
  const [open, setOpen] = useState<{ kind: BulkKind; items: Selected[] } | null>(null)
  const [draft, setDraft] = useState(emptyDraft)
  const [isLoading, setLoading] = useState(false)
  const { chosen, count, isAll, clear } = selection
  const toast = useToast()
  const forget = () => {
    clear()
    setDraft(emptyDraft)
  }
  const tools = new Set(chosen.map(({ tool }) => tool)).size

  /** As they are at this moment: what comes later, or is changed, is not among them. */
  async function selectAll() {
    setLoading(true)
    try {
      const { items, is_whole: isWhole }: Digests = await fetchJson(api.digests(project, narrowing(filter)))
      selection.select(items)
      if (!isWhole) toast({ tone: 'danger', text: say.onlyTheFirstWereSelected(countWords(items.length)) })
    } catch (error) {
      toast({ tone: 'danger', text: say.notAllCouldBeSelected((error as Error).message) })
    }
    setLoading(false)
  }

  return (
    <>
      {count > 0 && (
        <div className="flex shrink-0 flex-wrap items-center gap-x-2 gap-y-1.5 border-t border-line bg-raised px-3 py-2">
          <p className="min-w-24 flex-1 text-sm font-medium">
            {say.selected(countWords(count))}
            {tools > 1 && <span className="block text-xs font-normal text-warn">{say.toolCount(tools)}</span>}
          </p>
          {isAll && matching !== undefined && matching > count && (
            <Button
              size="sm"
              variant="ghost"
              isBusy={isLoading}
              busyLabel={say.reading}
              onClick={() => void selectAll()}
            >
              {say.selectAll(countWords(matching))}
            </Button>
          )}
          <Button
            size="sm"
            aria-label={say.approveSelected(countWords(count))}
            onClick={() => setOpen({ kind: 'approve', items: chosen })}
          >
            {say.approveSelectedButton}
          </Button>
          <Button
            size="sm"
            variant="danger-quiet"
            aria-label={say.rejectSelected(countWords(count))}
            onClick={() => setOpen({ kind: 'reject', items: chosen })}
          >
            {say.rejectSelectedButton}
          </Button>
          <Button size="sm" variant="ghost" aria-label={say.clearSelection} onClick={forget}>
            {say.clear}
          </Button>
        </div>
      )}
      {open && (
        <BulkDialog
          project={project}
          decideMany={decideMany}
          kind={open.kind}
          items={open.items}
          known={known}
          draft={draft}
          onDraft={setDraft}
          onResolved={onResolved}
          onClose={() => setOpen(null)}
          onDone={() => {
            setOpen(null)
            forget()
            onDone()
          }}
        />
      )}
    </>
  )
}
