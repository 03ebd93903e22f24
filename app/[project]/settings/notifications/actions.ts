'use server'

import { markNoticesRead } from '@/lib/notices/in-app'
import { setNoticePreferences, setQuietHours } from '@/lib/notices/preferences'
import { memberAction } from '@/lib/sign-in/action'

/** The person's own preferences for this project. */
export const savePreferences = memberAction(setNoticePreferences)

/** The person's quiet hours, in all their projects. */
export const saveQuietHours = memberAction(setQuietHours)

/** Marks notices of the person as read. */
export const markRead = memberAction(markNoticesRead)
