'use client'

import { useMemo, useState } from 'react'
import type { SeenApproval } from '@/lib/approvals/schemas'
import * as say from '@/words/approvals/bulk-part'
import * as shared from '@/words/shared'
import { useLive } from '../frame/live'
import { Button } from '../ui/button'
import { ErrorState } from '../ui/error-state'
import { TextAreaField } from '../ui/text-area-field'
import { SkeletonRows } from '../ui/skeleton'
import { TroubleNotice, type Trouble } from '../ui/trouble'
import { chosenOf } from './bulk-draft'
import type { BulkDialogProps } from './bulk-dialog'
import { bulkShape, type BulkRow, type BulkShape } from './bulk-shape'
import { BulkTable, type DecidedOne } from './bulk-table'
import { inBatches } from './in-batches'
import type { BulkRows } from './use-bulk-rows'
import type { Stop } from './use-stop'

const mostAtOnce = 100
const unanswered = say.nobodyKnows

type OutcomeProps = {
  tool: string
  rows: BulkRow[]
  results: ReadonlyMap<string, DecidedOne>
}

/** What became of one tool's requests. */
export function BulkOutcome({ tool, rows, results }: OutcomeProps) {
  const shape = useMemo(() => bulkShape(rows), [rows])
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
        isHeldUp={() => false}
        results={results}
      />
    </div>
  )
}

type PartProps = Omit<BulkDialogProps, 'items'> & {
  tool: string
  /** Of the tool's requests, where all that is selected is loaded. */
  shape: BulkShape
  /** Whether a request cannot be decided while its agent is paused. */
  isHeldUp: (approval: SeenApproval) => boolean
  loaded: BulkRows
  results: ReadonlyMap<string, DecidedOne>
  isLast: boolean
  stop: Stop
  isBusy: boolean
  onBusy: (isBusy: boolean) => void
  onResults: (some: DecidedOne[]) => ReadonlyMap<string, DecidedOne>
  onFinished: (all: ReadonlyMap<string, DecidedOne>) => void
}

/** One tool's requests and their confirmation. */
export function BulkPart(props: PartProps) {
  const { project, decideMany, kind, tool, shape, isHeldUp, loaded, results, isLast, stop, isBusy } = props
  const { draft, onBusy, onDraft, onResolved, onResults, onFinished, onClose } = props
  const { rows } = shape
  const [isWhole, setWhole] = useState(false)
  const [doneCount, setDoneCount] = useState(0)
  const [trouble, setTrouble] = useState<Trouble | null>(null)
  const { tell } = useLive()
  const reason = draft.reasons.get(tool) ?? ''
  const isOut = (one: SeenApproval) => results.has(one.id) || isHeldUp(one)
  const { chosen, isAllDrawn } = chosenOf(shape, draft, { isWhole, isOut })
  const ticked = new Set(chosen.map(({ id }) => id))
  const leftOut = rows.length - chosen.length
  // What has none to decide does not keep the next tool from its turn.
  const isReady = loaded.read !== null && isAllDrawn && (chosen.length > 0 || !isLast)

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

  if (loaded.read === null && !loaded.error) return <SkeletonRows rows={4} label={say.loadingAllParams} />
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
          title={say.paramsCouldNotBeRead}
          action={<Button onClick={loaded.retry}>{shared.tryAgain}</Button>}
        >
          {say.nothingBeforeShown(loaded.error.message)}
        </ErrorState>
      ) : (
        <BulkTable
          tool={tool}
          shape={shape}
          ticked={ticked}
          onTick={(id) => onDraft((now) => ({ ...now, ticks: new Map(now.ticks).set(id, !ticked.has(id)) }))}
          isWhole={isWhole}
          onWhole={() => setWhole(true)}
          isHeldUp={isHeldUp}
          results={results}
        />
      )}
      <div className="sticky -bottom-4 -mx-5 -mb-4 space-y-2.5 border-t border-line bg-raised px-5 py-3">
        <TroubleNotice trouble={trouble} />
        <TextAreaField
          label={say.reason}
          hint={say.keptWithEach}
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
            variant={kind === 'approve' ? 'approve' : 'danger'}
            isBusy={isBusy}
            busyLabel={say.busy[kind]}
            disabled={!isReady}
            aria-label={say.confirm[kind](chosen.length)}
          >
            {(isLast ? say.decide : say.decideAndGoOn)[kind](chosen.length)}
          </Button>
          {isBusy ? (
            <Button variant="ghost" onClick={stop.ask}>
              {say.stop}
            </Button>
          ) : (
            <Button variant="ghost" onClick={onClose}>
              {shared.cancel}
            </Button>
          )}
          <p className="ml-auto text-sm text-muted" aria-live="polite">
            {isBusy
              ? [
                  ...(chosen.length > mostAtOnce ? [say.countDone(doneCount, chosen.length)] : []),
                  ...(stop.isAsked ? [say.stopping] : []),
                ].join(', ')
              : isAllDrawn
                ? leftOut > 0 && say.leftOut(leftOut)
                : say.showAllToDecide(rows.length)}
          </p>
        </div>
      </div>
    </form>
  )
}
