'use client'

import { useMemo, useState } from 'react'
import type { DecideManyFromPage } from '@/lib/approvals/from-page'
import type { SeenApproval } from '@/lib/approvals/schemas'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Notice } from '../ui/page-header'
import { useToast } from '../ui/toast'
import type { Action } from '../ui/use-action'
import type { BulkDraft } from './bulk-draft'
import { BulkOutcome, BulkPart } from './bulk-part'
import type { DecidedOne } from './bulk-table'
import { bulkWords, becameWords, requests } from './bulk-words'
import type { BulkKind } from './use-decision'
import { useParams } from './use-params'
import { useStop } from './use-stop'

/** Decides up to 100, each for itself. */
export type DecideMany = Action<DecideManyFromPage, DecidedOne[]>

export type BulkDialogProps = {
  project: string
  decideMany: DecideMany
  kind: BulkKind
  /** The rows as they were shown when the dialog was opened. */
  items: SeenApproval[]
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
  const { project, kind, items, known, onClose, onDone } = props
  const tools = useMemo(() => [...new Set(items.map(({ tool }) => tool))], [items])
  const [at, setAt] = useState(0)
  const [results, setResults] = useState<ReadonlyMap<string, DecidedOne>>(new Map())
  const [end, setEnd] = useState<'all' | 'stopped' | null>(null)
  const [isBusy, setBusy] = useState(false)
  const stop = useStop()
  const loaded = useParams(project, items)
  const { verb } = bulkWords[kind]
  const toast = useToast()
  const tool = tools[at] ?? ''
  const ofTool = useMemo(
    () => items.filter((one) => one.tool === tool).map((one) => known.get(one.id) ?? one),
    [items, tool, known],
  )

  function finish(all: ReadonlyMap<string, DecidedOne>) {
    const isStopped = stop.isStopped.current
    if (at + 1 < tools.length && !isStopped) return setAt(at + 1)
    const recorded = [...all.values()].flatMap((one) => ('approval' in one ? [one.approval] : []))
    toast({
      tone: recorded.length === all.size ? 'ok' : 'danger',
      text: becameWords(kind, recorded, all.size),
    })
    if (recorded.length === all.size && !isStopped) onDone()
    else setEnd(isStopped ? 'stopped' : 'all')
  }

  // What was not sent stays selected.
  const leave = end === 'all' ? onDone : onClose

  return (
    <Dialog
      isOpen
      onClose={isBusy ? stop.ask : leave}
      size="xl"
      title={end ? `What became of ${requests(results.size)}` : `${verb} ${requests(items.length)}?`}
      description={end ? undefined : 'Each is decided for itself, with exactly the params listed here.'}
    >
      {end === null && tools.length > 1 && (
        <div className="mb-3">
          <Notice tone="warn">
            {tools.length} different tools are selected. Each is confirmed for itself: <b>{at + 1}</b> of{' '}
            {tools.length}, <code className="code font-medium">{tool}</code>.
          </Notice>
        </div>
      )}
      {end ? (
        <>
          {tools.map((one) => (
            <BulkOutcome
              key={one}
              tool={one}
              items={items.filter((item) => item.tool === one && results.has(item.id))}
              loaded={loaded}
              results={results}
            />
          ))}
          <div className="mt-4 flex justify-end">
            <Button onClick={leave}>Close</Button>
          </div>
        </>
      ) : (
        <BulkPart
          key={tool}
          {...props}
          tool={tool}
          items={ofTool}
          loaded={loaded}
          results={results}
          isLast={at + 1 === tools.length}
          stop={stop}
          isBusy={isBusy}
          onBusy={setBusy}
          onResults={(some) => {
            const all = new Map([...results, ...some.map((one) => [one.id, one] as const)])
            setResults(all)
            return all
          }}
          onFinished={finish}
        />
      )}
    </Dialog>
  )
}
