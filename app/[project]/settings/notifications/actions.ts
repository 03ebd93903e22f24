'use server'

import { markNoticesRead } from '@/lib/notices/in-app'
import { setNoticePreferences } from '@/lib/notices/preferences'
import { MarkReadInput, NoticePreferences } from '@/lib/notices/schemas'
import { memberAction } from '@/lib/sign-in/action'

/** The person's own preferences for this project. */
export const savePreferences = memberAction(
  { role: 'viewer', input: NoticePreferences },
  setNoticePreferences,
)

/** Marks notices of the person as read. */
export const markRead = memberAction({ role: 'viewer', input: MarkReadInput }, markNoticesRead)
