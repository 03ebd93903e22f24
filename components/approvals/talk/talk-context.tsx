'use client'

import { createContext, useContext, type ReactNode } from 'react'
import type { Comment } from '@/lib/approvals/comment-schemas'
import type { Approval } from '@/lib/approvals/schemas'
import type { Snooze } from '@/lib/approvals/snooze'
import type { Action } from '../../ui/use-action'

/** What members do about a request beside deciding on it, as the page hands it down. */
export type TalkActions = {
  comment: Action<{ id: string; body: string; mention?: string[] }, Comment>
  /** For oneself alone. */
  snooze: { put: Action<{ id: string; until: string }, Snooze>; take: Action<{ id: string }, unknown> }
  /** Null for whoever may only read. */
  coordinate: {
    assign: Action<{ id: string; user_id: string | null }, Approval>
    extend: Action<{ id: string; by_seconds: number; reason: string }, Approval>
    /** Admins extend what they may not decide. */
    isAdmin: boolean
  } | null
}

const TalkContext = createContext<TalkActions | null>(null)

/** Has the page's requests talked about. */
export function TalkProvider({ actions, children }: { actions: TalkActions; children: ReactNode }) {
  return <TalkContext value={actions}>{children}</TalkContext>
}

/** Null where a request is shown outside of its page. */
export function useTalk(): TalkActions | null {
  return useContext(TalkContext)
}
