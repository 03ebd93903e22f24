'use client'

import type { SeenApproval } from '@/lib/approvals/schemas'
import type { Problem } from '@/lib/http/problem'
import * as say from '@/words/approvals/bulk-table'
import { StatusBadge } from '../ui/badge'
import { JsonTree, Name } from '../ui/json-tree'
import { TimeLeft } from '../ui/time'
import { rowsDrawn } from './bulk-draft'
import type { BulkShape } from './bulk-shape'
import { OutcomeLine } from './outcome'

/** Whether it is on record, or why not. */
export type DecidedOne = { id: string; approval: SeenApproval } | { id: string; problem: Problem }

type BulkTableProps = {
  tool: string
  shape: BulkShape
  /** Which are to be decided. */
  ticked: ReadonlySet<string>
  onTick: (id: string) => void
  /** Every row is drawn, and not the first hundred alone. */
  isWhole: boolean
  onWhole: () => void
  /** Whether a request cannot be decided while its agent is paused. */
  isHeldUp: (approval: SeenApproval) => boolean
  results: ReadonlyMap<string, DecidedOne>
}

/** What scrolls must be reachable by keyboard (WCAG 2.1.1). */
const reachable = { tabIndex: 0 }

/** Requests of one tool: what they share once, what differs in columns, what became of each. */
export function BulkTable(props: BulkTableProps) {
  const { tool, shape, ticked, onTick, isWhole, onWhole, isHeldUp, results } = props
  const { same, columns, rows, oddities } = shape
  const shown = isWhole ? rows : rows.slice(0, rowsDrawn)
  const hasAgents = new Set(rows.map(({ approval }) => approval.agent)).size > 1
  return (
    <div className="space-y-2">
      {same.length > 0 && (
        <dl className="flex flex-wrap gap-x-5 gap-y-1 rounded-sm border border-line bg-sunken px-3 py-2 text-sm">
          <dt className="text-muted">{say.inAll(rows.length)}</dt>
          {same.map(([name, value]) => (
            <div key={name} className="flex min-w-0 gap-1.5">
              <dt className="code text-muted">
                <Name text={name} />
              </dt>
              <dd className="min-w-0">
                <JsonTree value={value} path={name} />
              </dd>
            </div>
          ))}
        </dl>
      )}
      <section
        {...reachable}
        aria-label={say.requestsToRun(tool)}
        className="overflow-x-auto rounded-sm border border-line"
      >
        <table className="w-full border-collapse text-left text-sm" aria-label={say.requestsToRun(tool)}>
          <thead className="bg-sunken text-xs text-muted">
            <tr>
              <th scope="col" className="w-8 px-2 py-1.5">
                <span className="sr-only">{say.decideIt}</span>
              </th>
              <th scope="col" className="px-2 py-1.5 font-medium">
                {say.state}
              </th>
              {columns.map((name) => (
                <th key={name} scope="col" className="code px-2 py-1.5 font-medium">
                  <Name text={name} />
                </th>
              ))}
              {hasAgents && (
                <th scope="col" className="px-2 py-1.5 font-medium">
                  {say.agent}
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {shown.map(({ approval, params }) => (
              <tr key={approval.id} className="border-t border-line align-top">
                <td className="px-2 py-1.5">
                  <input
                    type="checkbox"
                    aria-label={say.decideRow(
                      columns[0] ? JSON.stringify(String(params[columns[0]])) : approval.id,
                    )}
                    checked={ticked.has(approval.id)}
                    disabled={approval.status !== 'pending' || results.has(approval.id) || isHeldUp(approval)}
                    onChange={() => onTick(approval.id)}
                    className="mt-1 size-4 disabled:opacity-30 pointer-coarse:size-5"
                  />
                </td>
                <td className="min-w-36 px-2 py-1.5">
                  <State
                    approval={approval}
                    result={results.get(approval.id)}
                    isHeldUp={isHeldUp(approval)}
                    oddities={oddities.get(approval.id) ?? []}
                  />
                </td>
                {columns.map((name) => (
                  <td key={name} className="px-2 py-1.5">
                    <div className="w-max max-w-80 min-w-20">
                      {Object.hasOwn(params, name) ? (
                        <JsonTree value={params[name]} path={name} />
                      ) : (
                        <span className="text-faint">—</span>
                      )}
                    </div>
                  </td>
                ))}
                {hasAgents && <td className="px-2 py-1.5">{approval.agent}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {rows.length > shown.length && (
        <button
          type="button"
          onClick={onWhole}
          className="rounded-xs text-xs font-medium text-accent hover:underline"
        >
          {say.showAllRequests(rows.length)}
        </button>
      )}
    </div>
  )
}

type StateProps = {
  approval: SeenApproval
  result: DecidedOne | undefined
  isHeldUp: boolean
  oddities: string[]
}

function State({ approval, result, isHeldUp, oddities }: StateProps) {
  if (result && 'approval' in result) return <StatusBadge status={result.approval.status} />
  if (result) {
    const { problem } = result
    return (
      <p>
        <span className="font-medium text-danger">{say.notRecorded} </span>
        {problem.approval && problem.approval.status !== 'pending' ? (
          <OutcomeLine approval={problem.approval} />
        ) : (
          problem.detail
        )}
      </p>
    )
  }
  if (approval.status !== 'pending') return <OutcomeLine approval={approval} />
  return (
    <>
      {isHeldUp && <p className="font-medium text-danger">{say.isPaused(approval.agent)}</p>}
      <TimeLeft from={approval.requested_at} until={approval.expires_at} />
      {oddities.length > 0 && <p className="text-xs font-medium text-warn">{oddities.join(', ')}</p>}
    </>
  )
}
