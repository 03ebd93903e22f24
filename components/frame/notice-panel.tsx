import Link from 'next/link'
import { useState } from 'react'
import type { NoticeList } from '@/lib/notices/schemas'
import { pages } from '@/lib/paths'
import * as say from '@/words/frame/notice-panel'
import { StatusBadge } from '../ui/badge'
import { Button } from '../ui/button'
import { Icon } from '../ui/icon'
import { Skeleton } from '../ui/skeleton'
import { Age, TimeLeft } from '../ui/time'
import { UntrustedText } from '../ui/untrusted-text'
import type { BrowserNotices } from './browser-notices'
import { noticeLines, type NoticeLine } from './notice-lines'
import { noticePath } from './notice-path'

type NoticePanelProps = {
  project: string
  list: NoticeList | undefined
  error: Error | undefined
  onOpen: (line: NoticeLine) => void
  onReadAll: () => void
  browser: BrowserNotices
}

/** The newest notices, and how to be told of them otherwise. */
export function NoticePanel({ project, list, error, onOpen, onReadAll, browser }: NoticePanelProps) {
  return (
    <section aria-label={say.notices} className="flex max-h-[min(32rem,70dvh)] flex-col">
      <div className="flex items-center gap-2 px-2 pt-0.5 pb-1.5">
        <h2 className="flex-1 text-sm font-semibold">{say.notices}</h2>
        {list !== undefined && list.unread > 0 && (
          <Button size="sm" variant="ghost" onClick={onReadAll}>
            {say.markAllAsRead}
          </Button>
        )}
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto overscroll-contain border-y border-line">
        {error && !list ? (
          <p role="alert" className="px-2 py-4 text-sm text-danger">
            {say.couldNotBeRead(error.message)}
          </p>
        ) : list === undefined ? (
          <Waiting />
        ) : list.items.length === 0 ? (
          <p className="px-2 py-6 text-center text-sm text-muted">{say.nothingYet}</p>
        ) : (
          <Lines project={project} list={list} onOpen={onOpen} />
        )}
      </div>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 px-2 pt-2 pb-0.5 text-xs">
        <Link href={pages.settings(project, 'notifications')} className="link">
          {say.chooseWhatYouHearOf}
        </Link>
        <BrowserChoice browser={browser} />
      </div>
    </section>
  )
}

type LinesProps = { project: string; list: NoticeList; onOpen: (line: NoticeLine) => void }

function Lines({ project, list, onOpen }: LinesProps) {
  const [showsEnded, setShowsEnded] = useState(false)
  const { open, ended } = noticeLines(list.items)
  const item = (line: NoticeLine) => (
    <NoticeItem key={line.notice.id} project={project} line={line} onOpen={() => onOpen(line)} />
  )
  return (
    <>
      {open.length > 0 ? (
        <ul aria-label={say.newestNotices}>{open.map(item)}</ul>
      ) : (
        <p className="px-2 py-4 text-center text-sm text-muted">{say.nothingWaitsForYou}</p>
      )}
      {ended.length > 0 && (
        <button
          type="button"
          aria-expanded={showsEnded}
          onClick={() => setShowsEnded(!showsEnded)}
          className="flex h-8 w-full items-center gap-1 border-t border-line px-2 text-left text-xs text-muted -outline-offset-2 hover:bg-hover"
        >
          <Icon name="chevron" className={showsEnded ? 'rotate-90' : ''} />
          {say.ended(ended.length)}
        </button>
      )}
      {showsEnded && (
        <ul aria-label={say.endedRequests} className="border-t border-line">
          {ended.map(item)}
        </ul>
      )}
    </>
  )
}

function Waiting() {
  return (
    <div className="space-y-3 px-2 py-3">
      <output className="sr-only">{say.loadingNotices}</output>
      <Skeleton className="h-3.5 w-56" />
      <Skeleton className="h-3.5 w-64" />
      <Skeleton className="h-3.5 w-48" />
    </div>
  )
}

const leads = {
  requested: say.awaitingApproval,
  your_turn: say.youAreAskedNow,
  assigned: say.putIntoYourHands,
  mention: say.youWereMentioned,
  comment: say.somebodyCommented,
  edited: say.changedSinceYouVoted,
  half_time: say.halfTime,
  last_call: say.aboutToExpire,
  webhook_disabled: say.webhookDisabled,
  audit_retention: say.auditRetention,
  policy_loosened: say.policyLoosened,
  agent_paused: say.agentPaused,
  override: say.override,
  unreachable: say.unreachable,
} as const

type NoticeItemProps = { project: string; line: NoticeLine; onOpen: () => void }

function NoticeItem({ project, line: { notice, unreadIds }, onOpen }: NoticeItemProps) {
  const { approval, kind, text, created_at } = notice
  const isOver = approval !== null && approval.status !== 'pending'
  const isNew = unreadIds.length > 0
  const href = noticePath(project, notice)
  return (
    <li className="border-b border-line last:border-b-0">
      <Link
        href={href}
        onClick={onOpen}
        className="flex items-start gap-2 px-2 py-2 text-sm -outline-offset-2 hover:bg-hover"
      >
        <span className={`mt-1.5 size-2 shrink-0 rounded-full ${isNew ? 'bg-warn' : ''}`}>
          {isNew && <span className="sr-only">{say.unread} </span>}
        </span>
        <span className="min-w-0 flex-1">
          <span className="flex items-baseline gap-2">
            <span className={`flex-1 ${isNew ? 'font-medium' : 'text-muted'}`}>
              {isOver ? say.noLongerWaits : leads[kind]}
            </span>
            <Age at={created_at} className="text-xs text-faint" />
          </span>
          {approval && (
            <>
              <span className="block truncate">
                <UntrustedText text={approval.tool} singleLine isBrief maxCharacters={100} className="code" />
              </span>
              <span className="flex flex-wrap items-center gap-x-2 gap-y-1 text-xs text-muted">
                <span className="code">{approval.agent}</span>
                {approval.status === 'pending' ? (
                  <TimeLeft from={created_at} until={approval.expires_at} />
                ) : (
                  <StatusBadge status={approval.status} />
                )}
              </span>
            </>
          )}
          {text !== null && (
            <span className="block text-muted">
              <UntrustedText text={text} singleLine isBrief maxCharacters={300} />
            </span>
          )}
        </span>
      </Link>
    </li>
  )
}

/** How far the browser tells, or why it does not. */
const reaches: Record<BrowserNotices['state'], string> = {
  insecure: say.insecure,
  uninstalled: say.uninstalled,
  unavailable: say.unavailable,
  denied: say.denied,
  off: '',
  page: say.whileAPageIsOpen,
  push: say.alsoWhileNoPageIsOpen,
}

/** The browser is asked by a press of this button and never otherwise. */
function BrowserChoice({ browser }: { browser: BrowserNotices }) {
  const { state, toggle } = browser
  const reach = reaches[state]
  if (['insecure', 'uninstalled', 'unavailable', 'denied'].includes(state))
    return <span className="text-muted">{reach}</span>
  return (
    <>
      <button type="button" onClick={toggle} className="link">
        {state === 'off' ? say.notifyMe : say.stopNotifying}
      </button>
      {reach !== '' && <output className="basis-full text-muted">{reach}</output>}
    </>
  )
}
