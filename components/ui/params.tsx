'use client'

import { useMemo, useState } from 'react'
import { writeJson } from '@/lib/json/write'
import { summarizeParams } from '@/lib/untrusted/params'
import { showText } from '@/lib/untrusted/show'
import * as say from '@/words/ui/params'
import { CopyButton } from './copy-button'
import { JsonTree, Name } from './json-tree'
import { late } from './late'
import { paramRows, type ParamRow } from './param-rows'
import { Warnings } from './untrusted-text'

/** Read when it is asked for. */
const RawJson = late(() => import('./raw-json').then((module) => module.RawJson))

/** All arguments on one line as far as they fit; what does not fit is counted, never silently gone. */
export function ParamsSummary({
  params,
  maxCharacters = 160,
}: {
  params: Record<string, unknown>
  maxCharacters?: number
}) {
  const summary = useMemo(() => summarizeParams(params, maxCharacters), [params, maxCharacters])
  const whole = useMemo(() => showText(writeJson(params)), [params])
  if (summary === '') return <span className="text-faint">{say.noParams}</span>
  return (
    <>
      <bdi className="code text-muted">{summary}</bdi>
      <Warnings shown={whole} />
    </>
  )
}

type ParamsProps = {
  params: Record<string, unknown>
  /** The digest under which exactly these params are approved and claimed. */
  digest?: string
  /** What the values are, for readers. */
  label?: string
  /** Recorded as a tool gave it back, so with marks for characters that cannot be kept. */
  isRecorded?: boolean
  /** Names of those that the rule fired on: they come first, and are marked. */
  ruleParams?: readonly string[]
}

const rowsShown = 60

/** Every argument by name and value, as text; the raw JSON is one press away, the digest beside it. */
export function Params({
  params,
  digest,
  label = say.params,
  isRecorded = false,
  ruleParams = [],
}: ParamsProps) {
  const [isRaw, setIsRaw] = useState(false)
  const [isWhole, setIsWhole] = useState(false)
  const rows = useMemo(() => paramRows(params, ruleParams), [params, ruleParams])
  const shown = isWhole ? rows : rows.slice(0, rowsShown)
  return (
    <div className="overflow-hidden rounded-md border border-line bg-surface">
      <div className="flex h-8 items-center gap-1 border-b border-line bg-sunken pr-1 pl-3 pointer-coarse:h-11">
        <p className="flex-1 text-xs font-medium text-muted">{label}</p>
        {digest && <Digest digest={digest} />}
        <button
          type="button"
          aria-pressed={isRaw}
          onClick={() => setIsRaw(!isRaw)}
          className="h-6 rounded-sm px-1.5 text-xs font-medium text-muted hover:bg-hover hover:text-ink pointer-coarse:h-10"
        >
          {isRaw ? say.asList : say.rawJson}
        </button>
        <CopyButton text={writeJson(params, 2)} label={say.copyAsJson(label)} />
      </div>
      {isRaw ? (
        <RawJson value={params} isRecorded={isRecorded} />
      ) : rows.length === 0 ? (
        <p className="px-3 py-2 text-sm text-faint">{say.none}</p>
      ) : (
        <dl className="grid grid-cols-[fit-content(40%)_minmax(0,1fr)] divide-y divide-line text-sm max-sm:grid-cols-1">
          {shown.map((row) => (
            <ParamLine key={row.path} row={row} isRecorded={isRecorded} />
          ))}
        </dl>
      )}
      {!isRaw && rows.length > shown.length && (
        <button
          type="button"
          data-show-all=""
          onClick={() => setIsWhole(true)}
          className="block h-9 w-full border-t border-line px-3 text-left text-xs font-medium text-accent hover:bg-hover pointer-coarse:h-11"
        >
          {say.showAllValues(rows.length)}
        </button>
      )}
    </div>
  )
}

function ParamLine({ row, isRecorded }: { row: ParamRow; isRecorded: boolean }) {
  return (
    <div
      className={`col-span-full grid grid-cols-subgrid gap-x-6 px-3 py-1.5 ${row.isOfRule ? 'bg-warn-soft/50' : ''}`}
    >
      <dt className="code text-muted">
        <Name text={row.path} isRecorded={isRecorded} />
        {row.isOfRule && (
          <span className="ml-2 rounded-xs bg-warn-soft px-1.5 font-sans text-xs font-medium text-warn">
            {say.rule}
          </span>
        )}
      </dt>
      <dd className={`min-w-0 ${row.isOfRule ? 'font-medium' : ''}`}>
        <JsonTree value={row.value} path={row.path} isRecorded={isRecorded} />
      </dd>
    </div>
  )
}

/** Its first digits, and all of it to copy and compare with a mail, a webhook or the audit log. */
function Digest({ digest }: { digest: string }) {
  return (
    <p className="flex items-center text-xs text-muted">
      <span title={say.whatADigestIs}>
        {say.digest} <code className="code">{digest.replace(/^sha256:/, '').slice(0, 8)}</code>
      </span>
      <CopyButton text={digest} label={say.copyDigest} isIconOnly />
    </p>
  )
}
