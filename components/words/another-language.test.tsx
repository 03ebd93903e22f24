import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { AppRouterContext } from 'next/dist/shared/lib/app-router-context.shared-runtime'
import { Fragment, isValidElement, type ReactNode } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import type { SeenApproval } from '@/lib/approvals/schemas'
import type { AuditEntry } from '@/lib/audit/schemas'
import type { Key } from '@/lib/keys/schemas'
import type { Member } from '@/lib/members/schemas'
import type { Webhook } from '@/lib/webhooks/schemas'

/** A language in which every word of the table stands in brackets; what is data is in letters of another script. */
function bracketed(value: unknown): unknown {
  if (typeof value === 'string') return `⟦${value}⟧`
  if (typeof value === 'function')
    return (...given: unknown[]) => bracketed((value as (...all: unknown[]) => unknown)(...given))
  if (isValidElement(value)) return <Fragment>⟦{value}⟧</Fragment>
  if (Array.isArray(value)) return value.map(bracketed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, bracketed(one)]))
}

const english = join(import.meta.dirname, 'en')

const japanese = { language: 'ja', locale: 'ja', clockLocales: { '24': 'ja', '12': 'ja' } }

beforeAll(() => {
  vi.doMock(join(english, 'language.ts'), () => japanese)
  for (const file of readdirSync(english, { recursive: true, encoding: 'utf8' })) {
    if (!/\.tsx?$/.test(file) || file === 'language.ts') continue
    const path = join(english, file)
    vi.doMock(path, async () => bracketed({ ...(await vi.importActual<object>(path)) }) as object)
  }
})

const router = { push: () => undefined, replace: () => undefined, refresh: () => undefined } as never
const at = '2026-11-23T10:00:00.000Z'

/** What is left of a page's texts and of what is read of its attributes, without what stands in brackets. */
function outsideOf(page: ReactNode): string[] {
  const html = renderToStaticMarkup(<AppRouterContext value={router}>{page}</AppRouterContext>)
  const read = /\s(?:aria-label|aria-description|title|placeholder|alt)="([^"]*)"/g
  const texts = [html.replace(/<(script|style|code|kbd)\b[\s\S]*?<\/\1>/g, '').replace(/<[^>]*>/g, '\n')]
  const attributes = [...html.matchAll(read)].map(([, text = '']) => text)
  const left = [...texts, ...attributes].map((text) =>
    withoutBrackets(text).replace(/&\w+;|\b(UTC|null)\b/g, ' '),
  )
  return left.flatMap((text) => text.match(/[A-Za-z]{2,}/g) ?? [])
}

function withoutBrackets(text: string): string {
  let depth = 0
  return [...text]
    .filter((sign) => (sign === '⟦' ? void depth++ : sign === '⟧' ? void depth-- : depth === 0))
    .join('')
}

const person = { id: 'usr_1', name: '山田', email: '山田' }
const asked = {
  required: true,
  id: 'apr_1',
  status: 'pending',
  run_id: '走',
  tool_call_id: '道具',
  agent: '代理',
  tool: '返金',
  params: { 金額: 2400, 理由: null },
  digest: 'sha256:00000000',
  message: '確認',
  description: '説明',
  metadata: { 場所: '東京' },
  turn_id: '順番',
  rule: { tool: '返金', condition: '金額', outcome: 'true', detail: null },
  on_rejection: 'fail',
  policy_version: 2,
  requested_at: at,
  expires_at: '2026-11-23T11:00:00.000Z',
  decided_at: null,
  decision: null,
  wait_ms: null,
  claimed_at: null,
  denied: null,
  edited: null,
  editable: null,
  requirement: null,
  progress: null,
  reviews: [],
  assignee: person,
  comments: 0,
  supersedes: null,
  superseded_by: null,
  next: { action: 'wait', message: '待' },
  url: '',
} satisfies Omit<SeenApproval, 'context'> as SeenApproval
const decided: SeenApproval = {
  ...asked,
  id: 'apr_2',
  status: 'approved',
  wait_ms: 61_000,
  decision: { decision: 'approve', reason: '良', reviewer: person, via: 'api', at },
}
const nothing = () => Promise.resolve({ ok: true, value: undefined }) as never

describe('what is shown in another language has no English left', () => {
  test('the reviewer’s desk', async () => {
    const { Review } = await import('../approvals/review')
    const { ListLine } = await import('../approvals/list-line')
    const { DeskRow } = await import('../approvals/desk-row')
    const review = { project: 'p', position: null, heading: { current: null }, top: null, isMine: false, onNext: () => undefined, onStep: () => undefined, onResolved: () => undefined } // prettier-ignore
    const row = { project: 'p', place: 1, count: 2, isCurrent: true, isSelected: false, onSelect: () => undefined, onOpen: () => undefined } // prettier-ignore
    const list = { rows: [asked], cursor: null, error: undefined, reload: () => undefined } as never
    const line = { list, isPending: true, isNarrowed: false, isSnoozed: false, matching: 1, pending: 2, groups: undefined, newCount: 0, onShowNew: () => undefined, selection: null, onKeys: () => undefined } // prettier-ignore
    for (const step of [null, 'approve', 'reject', 'request_changes'] as const)
      expect(outsideOf(<Review {...review} approval={asked} decide={nothing} step={step} />)).toEqual([])
    expect(outsideOf(<Review {...review} approval={decided} decide={nothing} step={null} />)).toEqual([])
    expect(outsideOf(<Review {...review} approval={asked} decide={null} step={null} />)).toEqual([])
    for (const approval of [asked, decided])
      expect(outsideOf(<DeskRow {...row} approval={approval} />)).toEqual([])
    for (const newCount of [0, 3]) expect(outsideOf(<ListLine {...line} newCount={newCount} />)).toEqual([])
  })

  test('settings', async () => {
    const { MemberList } = await import('../settings/member-list')
    const { KeyList } = await import('../settings/key-list')
    const { WebhookList } = await import('../settings/webhooks/webhook-list')
    const { QuietHoursForm } = await import('../settings/notifications/quiet-hours-form')
    const { ProjectForm } = await import('../settings/project-form')
    const member: Member = { ...person, role: 'owner', joined_at: at, absence: null }
    const key: Key = { id: 'key_1', kind: 'agent', name: '鍵', scopes: [], prefix: '鍵', created_by: null, created_at: at, last_used_at: null, expires_at: null, revoked_at: null } // prettier-ignore
    const webhook: Webhook = { id: 'whk_1', name: '鉤', format: 'slack', url: 'a://1/', events: ['approval.requested'], enabled: false, disabled_reason: '理', created_at: at } // prettier-ignore
    const actions = { setRole: nothing, remove: nothing }
    const project = { name: '店', allow_own_request: true, deploys: 'people', audit_runs: true, break_glass: true, retention_days: null, audit_retention_days: null, audit_retention_pending: null } as never // prettier-ignore
    expect(outsideOf(<MemberList project="p" members={[member, { ...member, id: 'b', joined_at: null }]} isWhole actions={actions} lastActive={{}} ownId="usr_1" />)).toEqual([]) // prettier-ignore
    expect(outsideOf(<KeyList project="p" kind="agent" keys={[key, { ...key, id: 'b', revoked_at: at }]} people={{}} revoke={nothing} />)).toEqual([]) // prettier-ignore
    expect(outsideOf(<WebhookList project="p" appUrl="" webhooks={[webhook]} health={{}} />)).toEqual([])
    expect(outsideOf(<QuietHoursForm slug="p" hours={{ zone: '0', periods: [{ days: ['mon'], from: '22:00', to: '07:00' }] }} save={nothing} />)).toEqual([]) // prettier-ignore
    expect(outsideOf(<ProjectForm slug="p" project={project} isOwner save={nothing} />)).toEqual([])
  })

  test('the audit log, and what stands over a page', async () => {
    const { AuditRow } = await import('../audit/audit-row')
    const { PauseBanner } = await import('../pause/pause-banner')
    const { ArchiveBanner } = await import('../archive/archive-banner')
    const { LinkForm } = await import('../sign-in/link-form')
    const entry = { v: 2, id: '記', seq: 1, at, action: 'approval.approved', actor: { type: 'user', id: '人', label: '山田' }, via: '源', target: { type: '物', id: '物', label: '返金' }, detail: { agent: '代理', wait_ms: 5000 }, credential_id: null, request_id: null, address: null, erased_at: null, prev_hash: null, hash: null } as unknown as AuditEntry // prettier-ignore
    const paused = { by: '山田', at, reason: '事' }
    expect(outsideOf(<AuditRow project="p" entry={entry} isPrinting={false} />)).toEqual([
      'approval',
      'approved',
    ])
    expect(outsideOf(<PauseBanner project="p" pauses={[{ agent: null, paused }, { agent: '代理', paused }]} resume={nothing} />)).toEqual([]) // prettier-ignore
    expect(outsideOf(<ArchiveBanner archived={{ by: '山田', at }} />)).toEqual([])
    expect(outsideOf(<LinkForm action={nothing} returnTo="/" />)).toEqual([])
  })

  test('control: English is found', () => {
    expect(outsideOf(<p title="Left">⟦in⟧ out</p>)).toEqual(['out', 'Left'])
  })
})
