'use server'

import { markNoticesRead } from '@/lib/notices/in-app'
import { setNoticePreferences, setQuietHours } from '@/lib/notices/preferences'
import { readPushKey, subscribePush, unsubscribePush } from '@/lib/notices/push/subscribe'
import { memberAction } from '@/lib/sign-in/action'

/** The person's own preferences for this project. */
export const savePreferences = memberAction(setNoticePreferences)

/** The person's quiet hours, in all their projects. */
export const saveQuietHours = memberAction(setQuietHours)

/** Marks notices of the person as read. */
export const markRead = memberAction(markNoticesRead)

/** The key by which this browser lets only us push to it. */
export const findPushKey = memberAction(readPushKey)

/** Has this browser told by push. */
export const tellByPush = memberAction(subscribePush)

/** Has this browser told no more. */
export const tellByPushNoMore = memberAction(unsubscribePush)
