'use server'

import { markNoticesRead } from '@/lib/notices/in-app'
import { setNoticePreferences } from '@/lib/notices/preferences'
import { memberAction } from '@/lib/sign-in/action'

/** The person's own preferences for this project. */
export const savePreferences = memberAction(setNoticePreferences)

/** Marks notices of the person as read. */
export const markRead = memberAction(markNoticesRead)
