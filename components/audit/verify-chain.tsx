'use client'

import { useState, type ReactNode } from 'react'
import type { SealedTo } from '@/lib/audit/names'
import type { Verification } from '@/lib/audit/schemas'
import { api } from '@/lib/paths'
import * as say from '@/words/audit/verify-chain'
import { fetchJson } from '../frame/fetch-json'
import { Button } from '../ui/button'
import { CopyButton } from '../ui/copy-button'
import { Icon } from '../ui/icon'
import { Notice } from '../ui/notice'
import { TimeOfDay } from '../ui/time'
import { UntrustedText } from '../ui/untrusted-text'

type State =
  { is: 'idle' | 'busy' } | { is: 'done'; found: Verification; at: string } | { is: 'failed'; detail: string }

type VerifyChainProps = { project: string; sealedTo: SealedTo | null; children?: ReactNode }

/**
 * How far the log is sealed, always; has the server walk the whole chain, and says what it found. `children` stand
 * beside the button.
 */
export function VerifyChain({ project, sealedTo, children }: VerifyChainProps) {
  const [state, setState] = useState<State>({ is: 'idle' })

  async function verify() {
    setState({ is: 'busy' })
    try {
      const found = await fetchJson<Verification>(api.verifyAudit(project))
      setState({ is: 'done', found, at: new Date().toISOString() })
    } catch (error) {
      setState({ is: 'failed', detail: error instanceof Error ? error.message : '' })
    }
  }

  const isBusy = state.is === 'busy'
  return (
    <div className="mb-5">
      <div className="flex flex-wrap items-center gap-2">
        <Button isBusy={isBusy} onClick={() => void verify()}>
          <Icon name="approvals" className="size-3.5!" />
          {isBusy ? say.verifying : say.verifyTheChain}
        </Button>
        {children}
        <SealLine sealedTo={sealedTo} state={state} />
      </div>
      <div aria-live="polite" className="*:mt-3">
        {state.is === 'done' && <Found found={state.found} />}
        {state.is === 'failed' && (
          <Notice tone="danger">
            <p className="font-medium">{say.chainNotVerified}</p>
            <p className="text-muted">{say.saysNothing(state.detail)}</p>
          </Notice>
        )}
      </div>
    </div>
  )
}

/** To which entry the log is sealed, and verified where that was done on this page. */
function SealLine({ sealedTo, state }: { sealedTo: SealedTo | null; state: State }) {
  if (sealedTo === null) return null
  const isVerified = state.is === 'done' && state.found.ok && state.found.head === sealedTo.hash
  return (
    <p className="text-sm text-muted">
      {(isVerified ? say.sealedAndVerifiedTo : say.sealedTo)(
        sealedTo.seq,
        <TimeOfDay at={isVerified ? state.at : sealedTo.at} />,
        <code className="code" title={sealedTo.hash}>
          {sealedTo.hash.slice(0, 8)}
        </code>,
      )}
      <span className="hidden print:inline">
        {' '}
        {say.wholeHash(<code className="code">{sealedTo.hash}</code>)}
      </span>
    </p>
  )
}

function Found({ found }: { found: Verification }) {
  const { ok, summary, checked, head, first_bad, unsealed, approvals_checked, mismatches } = found
  const isWhole = first_bad === null
  return (
    <Notice tone={ok ? 'ok' : 'danger'}>
      <p className="font-medium">
        {isWhole
          ? say.chainHolds(<UntrustedText text={summary} singleLine isBrief maxCharacters={1000} />)
          : say.chainBreaks(first_bad)}
      </p>
      {unsealed > 0 && <p>{say.notInTheChain(unsealed)}</p>}
      {mismatches.length === 0 ? (
        <p>{say.approvalsCompared(approvals_checked)}</p>
      ) : (
        <Mismatches mismatches={mismatches} />
      )}
      {!isWhole && <p>{say.chainBroken(checked)}</p>}
      {head !== null && (
        <p className="mt-1 flex items-start gap-2 text-muted">
          <span className="shrink-0">{isWhole ? say.head : say.lastGoodHash}</span>
          <code className="code min-w-0">{head}</code>
          <CopyButton text={head} label={say.copyHeadHash} isIconOnly />
        </p>
      )}
    </Notice>
  )
}

/** Approvals that were changed, or whose entries are gone. */
function Mismatches({ mismatches }: Pick<Verification, 'mismatches'>) {
  return (
    <>
      <p className="font-medium">{say.approvalsDiffer}</p>
      <ul className="list-disc pl-5">
        {mismatches.map(({ approval_id: id, what, detail }) => (
          <li key={`${id} ${what}`}>
            <code className="code">{id}</code>:{' '}
            <UntrustedText text={detail} singleLine isBrief maxCharacters={200} />
          </li>
        ))}
      </ul>
    </>
  )
}
