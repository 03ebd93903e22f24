'use client'

import { useEffect, useMemo, useRef, useState, type RefObject } from 'react'
import type { DecideManyFromPage } from '@/lib/approvals/from-page'
import type { SeenApproval } from '@/lib/approvals/schemas'
import { useLive } from '../frame/live'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { ErrorState } from '../ui/empty-state'
import { TextAreaField } from '../ui/field'
import { Notice } from '../ui/page-header'
import { SkeletonRows } from '../ui/skeleton'
import { useToast } from '../ui/toast'
import { TroubleNotice, type Trouble } from '../ui/trouble'
import type { Action } from '../ui/use-action'
import { chosenOf, type BulkDraft } from './bulk-draft'
import { bulkShape } from './bulk-shape'
import { BulkTable, type DecidedOne } from './bulk-table'
import { inBatches } from './in-batches'
import type { DecisionKind } from './use-decision'
import { useParams, type LoadedParams } from './use-params'

/** Decides up to 100, each for itself. */
export type DecideMany = Action<DecideManyFromPage, DecidedOne[]>

type BulkDialogProps = {
  project: string
  decideMany: DecideMany
  kind: DecisionKind
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

const words = {
  approve: { verb: 'Approve', past: 'approved', busy: 'Approving…', look: 'approve' },
  reject: { verb: 'Reject', past: 'rejected', busy: 'Rejecting…', look: 'danger' },
} as const

const mostAtOnce = 100
const unanswered =
  'The server did not answer, so these decisions may or may not be on record. The list shows what holds.'

const requests = (count: number) => (count === 1 ? '1 request' : `${count} requests`)

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
  const { verb, past } = words[kind]
  const toast = useToast()
  const tool = tools[at] ?? ''
  const ofTool = useMemo(
    () => items.filter((one) => one.tool === tool).map((one) => known.get(one.id) ?? one),
    [items, tool, known],
  )

  function finish(all: ReadonlyMap<string, DecidedOne>) {
    const isStopped = stop.isStopped.current
    if (at + 1 < tools.length && !isStopped) return setAt(at + 1)
    const recorded = [...all.values()].filter((one) => 'approval' in one).length
    toast({
      tone: recorded === all.size ? 'ok' : 'danger',
      text: `${recorded} of ${requests(all.size)} ${past}.`,
    })
    if (recorded === all.size && !isStopped) onDone()
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
            <Outcome
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
        <Part
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

type Stop = {
  isStopped: RefObject<boolean>
  /** It was asked for, and the batch on its way is waited for. */
  isAsked: boolean
  ask: () => void
  reset: () => void
}

/** Stops what is sent in batches: when it is asked to, and when the page goes. */
function useStop(): Stop {
  const isStopped = useRef(false)
  const [isAsked, setAsked] = useState(false)
  useEffect(() => {
    isStopped.current = false
    return () => void (isStopped.current = true)
  }, [])
  const set = (to: boolean) => {
    isStopped.current = to
    setAsked(to)
  }
  return { isStopped, isAsked, ask: () => set(true), reset: () => set(false) }
}

type OutcomeProps = {
  tool: string
  items: SeenApproval[]
  loaded: LoadedParams
  results: ReadonlyMap<string, DecidedOne>
}

function Outcome({ tool, items, loaded, results }: OutcomeProps) {
  const shape = useShape(items, loaded)
  const [isWhole, setWhole] = useState(false)
  return (
    <div className="mb-4">
      <h3 className="code mb-1.5 font-semibold">{tool}</h3>
      <BulkTable
        tool={tool}
        shape={shape}
        ticked={new Set()}
        onTick={() => undefined}
        isWhole={isWhole}
        onWhole={() => setWhole(true)}
        results={results}
      />
    </div>
  )
}

function useShape(items: SeenApproval[], { paramsOf }: LoadedParams) {
  return useMemo(
    () => bulkShape(items.map((approval) => ({ approval, params: paramsOf?.get(approval.id) ?? {} }))),
    [items, paramsOf],
  )
}

type PartProps = BulkDialogProps & {
  tool: string
  loaded: LoadedParams
  results: ReadonlyMap<string, DecidedOne>
  isLast: boolean
  stop: Stop
  isBusy: boolean
  onBusy: (isBusy: boolean) => void
  onResults: (some: DecidedOne[]) => ReadonlyMap<string, DecidedOne>
  onFinished: (all: ReadonlyMap<string, DecidedOne>) => void
}

/** One tool's requests and their confirmation. */
function Part(props: PartProps) {
  const { project, decideMany, kind, tool, items, loaded, results, isLast, stop, isBusy, draft } = props
  const { onBusy, onDraft, onResolved, onResults, onFinished, onClose } = props
  const shape = useShape(items, loaded)
  const [isWhole, setWhole] = useState(false)
  const [doneCount, setDoneCount] = useState(0)
  const [trouble, setTrouble] = useState<Trouble | null>(null)
  const { tell } = useLive()
  const { verb, busy, look } = words[kind]
  const reason = draft.reasons.get(tool) ?? ''
  const isSettled = (id: string) => results.has(id)
  const { chosen, isAllDrawn } = chosenOf(shape, draft, { isWhole, isSettled })
  const ticked = new Set(chosen.map(({ id }) => id))
  const leftOut = items.length - chosen.length
  const isReady = loaded.paramsOf !== null && isAllDrawn && chosen.length > 0

  async function confirm() {
    stop.reset()
    setTrouble(null)
    onBusy(true)
    let all = results
    const end = await inBatches(
      chosen,
      mostAtOnce,
      () => stop.isStopped.current,
      async (batch, from) => {
        setDoneCount(from)
        const said = reason.trim() ? { reason } : {}
        const input = { items: batch.map(({ id, digest }) => ({ id, digest, decision: kind, ...said })) }
        const answer = await decideMany(project, input).catch(() => null)
        if (!answer?.ok) {
          setTrouble(answer?.problem ?? { code: 'unanswered', detail: unanswered })
          return false
        }
        for (const one of answer.value) {
          const approval = 'approval' in one ? one.approval : one.problem.approval
          if (approval) onResolved(approval)
        }
        all = onResults(answer.value)
        return true
      },
    )
    onBusy(false)
    if (end === 'failed') tell()
    else onFinished(all)
  }

  if (loaded.paramsOf === null && !loaded.error) return <SkeletonRows rows={4} label="Loading all params" />
  return (
    <form
      className="space-y-3"
      onSubmit={(event) => {
        event.preventDefault()
        if (!isBusy && isReady) void confirm()
      }}
    >
      {loaded.error ? (
        <ErrorState
          title="The params could not be read"
          action={<Button onClick={loaded.retry}>Try again</Button>}
        >
          {loaded.error.message} Nothing can be decided before all of them are shown.
        </ErrorState>
      ) : (
        <BulkTable
          tool={tool}
          shape={shape}
          ticked={ticked}
          onTick={(id) => onDraft((now) => ({ ...now, ticks: new Map(now.ticks).set(id, !ticked.has(id)) }))}
          isWhole={isWhole}
          onWhole={() => setWhole(true)}
          results={results}
        />
      )}
      <div className="sticky -bottom-4 -mx-5 -mb-4 space-y-2.5 border-t border-line bg-raised px-5 py-3">
        <TroubleNotice trouble={trouble} />
        <TextAreaField
          label="Reason"
          hint="Kept with each of them."
          rows={1}
          maxLength={4096}
          value={reason}
          onChange={({ target: { value } }) =>
            onDraft((now) => ({ ...now, reasons: new Map(now.reasons).set(tool, value) }))
          }
        />
        <div className="flex flex-wrap items-center gap-2">
          <Button
            type="submit"
            variant={look}
            isBusy={isBusy}
            busyLabel={busy}
            disabled={!isReady}
            aria-label={`Confirm ${kind} ${requests(chosen.length)}`}
          >
            {verb} {chosen.length}
            {!isLast && ' and go on'}
          </Button>
          {isBusy ? (
            <Button variant="ghost" onClick={stop.ask}>
              Stop
            </Button>
          ) : (
            <Button variant="ghost" onClick={onClose}>
              Cancel
            </Button>
          )}
          <p className="ml-auto text-sm text-muted" aria-live="polite">
            {isBusy
              ? [
                  ...(chosen.length > mostAtOnce ? [`${doneCount} of ${chosen.length} done`] : []),
                  ...(stop.isAsked ? ['stopping after those on their way'] : []),
                ].join(', ')
              : isAllDrawn
                ? leftOut > 0 && `${leftOut} left out`
                : `Show all ${items.length} above to decide them`}
          </p>
        </div>
      </div>
    </form>
  )
}
