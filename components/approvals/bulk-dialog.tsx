'use client'

import { useMemo, useRef, useState } from 'react'
import type { DecideManyFromPage } from '@/lib/approvals/from-page'
import type { SeenApproval } from '@/lib/approvals/schemas'
import * as say from '@/words/approvals/bulk-dialog'
import * as shared from '@/words/shared'
import { useIsPaused } from '../pause/paused-agents'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Notice } from '../ui/notice'
import { useToast } from '../ui/toast'
import type { Action } from '../ui/use-action'
import { chosenOf, type BulkDraft } from './bulk-draft'
import { BulkOutcome, BulkPart } from './bulk-part'
import { bulkShape } from './bulk-shape'
import type { DecidedOne } from './bulk-table'
import { becameWords } from './became-words'
import { countWords } from './count-words'
import type { BulkKind } from './use-decision'
import { useBulkRows } from './use-bulk-rows'
import type { Selected } from './use-selection'
import { useStop } from './use-stop'

/** Decides up to 100, each for itself. */
export type DecideMany = Action<DecideManyFromPage, DecidedOne[]>

export type BulkDialogProps = {
  project: string
  decideMany: DecideMany
  kind: BulkKind
  /** What was selected when the dialog was opened. */
  items: Selected[]
  /** What is known of them now. */
  known: ReadonlyMap<string, SeenApproval>
  draft: BulkDraft
  onDraft: (change: (draft: BulkDraft) => BulkDraft) => void
  onResolved: (approval: SeenApproval) => void
  onClose: () => void
  onDone: () => void
}

/**
 * Several requests, tool by tool: what differs in a table, what stands out first and not ticked, each tool confirmed
 * for itself. Each request is decided for itself, with exactly the params that were here when the dialog was opened.
 * While decisions are sent, closing it stops after those on their way and shows what became of all.
 */
export function BulkDialog(props: BulkDialogProps) {
  const { project, kind, items, known, draft, onClose, onDone } = props
  const loaded = useBulkRows(project, items, known)
  const { rows = null, changed = 0, left = 0 } = loaded.read ?? {}
  const tools = useMemo(
    () => [...new Set((rows?.map(({ approval }) => approval) ?? items).map(({ tool }) => tool))],
    [items, rows],
  )
  const [at, setAt] = useState(0)
  const [results, setResults] = useState<ReadonlyMap<string, DecidedOne>>(new Map())
  // Batches follow each other within one press, before what it was pressed in is drawn again.
  const latest = useRef(results)
  const [end, setEnd] = useState<'all' | 'stopped' | null>(null)
  const [isBusy, setBusy] = useState(false)
  const stop = useStop()
  const toast = useToast()
  const tool = tools[at] ?? ''
  // As they are now, but with the digest of the params that are shown: what is changed from here on is refused.
  const shapes = useMemo(
    () =>
      tools.map((one) =>
        bulkShape(
          (rows ?? []).flatMap(({ approval, params }) => {
            const now = known.get(approval.id) ?? approval
            return approval.tool === one ? [{ approval: { ...now, digest: approval.digest }, params }] : []
          }),
        ),
      ),
    [rows, tools, known],
  )
  const isPaused = useIsPaused()
  const isHeldUp = ({ agent }: SeenApproval) => kind === 'approve' && isPaused(agent)
  const isOut = (one: SeenApproval) => results.has(one.id) || isHeldUp(one)
  const chosen = shapes.flatMap((shape) => chosenOf(shape, draft, { isWhole: true, isOut }).chosen)
  const count = rows === null ? items.length : results.size + chosen.length

  // What was not sent, or not even shown, stays selected.
  const done = left > 0 ? onClose : onDone
  function finish(all: ReadonlyMap<string, DecidedOne>) {
    const isStopped = stop.isStopped.current
    if (at + 1 < tools.length && !isStopped) return setAt(at + 1)
    const recorded = [...all.values()].flatMap((one) => ('approval' in one ? [one.approval] : []))
    toast({
      tone: recorded.length === all.size ? 'ok' : 'danger',
      text: becameWords(kind, recorded, all.size),
    })
    if (recorded.length === all.size && !isStopped) done()
    else setEnd(isStopped ? 'stopped' : 'all')
  }

  const leave = end === 'all' ? done : onClose

  return (
    <Dialog
      isOpen
      onClose={isBusy ? stop.ask : leave}
      size="xl"
      title={end ? say.whatBecameOf(results.size) : say.decideQuestion[kind](count)}
      description={end ? undefined : say.eachForItself}
    >
      {end === null && changed > 0 && (
        <div className="mb-3">
          <Notice tone="warn">{say.changedSince(changed)}</Notice>
        </div>
      )}
      {end === null && left > 0 && (
        <div className="mb-3">
          <Notice tone="warn">
            {say.onlyTheFirstAreHere(countWords(items.length - left), countWords(items.length))}
          </Notice>
        </div>
      )}
      {end === null && tools.length > 1 && (
        <div className="mb-3">
          <Notice tone="warn">
            {say.confirmedByTool(
              tools.length,
              <b>{at + 1}</b>,
              <code className="code font-medium">{tool}</code>,
            )}
          </Notice>
        </div>
      )}
      {end ? (
        <>
          {tools.map((one) => (
            <BulkOutcome
              key={one}
              tool={one}
              rows={(rows ?? []).filter(({ approval }) => approval.tool === one && results.has(approval.id))}
              results={results}
            />
          ))}
          <div className="mt-4 flex justify-end">
            <Button onClick={leave}>{shared.close}</Button>
          </div>
        </>
      ) : (
        <BulkPart
          key={tool}
          {...props}
          tool={tool}
          shape={shapes[at] ?? bulkShape([])}
          isHeldUp={isHeldUp}
          loaded={loaded}
          results={results}
          isLast={at + 1 === tools.length}
          stop={stop}
          isBusy={isBusy}
          onBusy={setBusy}
          onResults={(some) => {
            const all = new Map([...latest.current, ...some.map((one) => [one.id, one] as const)])
            latest.current = all
            setResults(all)
            return all
          }}
          onFinished={finish}
        />
      )}
    </Dialog>
  )
}
