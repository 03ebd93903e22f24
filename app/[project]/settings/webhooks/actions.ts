'use server'

import { memberAction } from '@/lib/sign-in/action'
import { createWebhook } from '@/lib/webhooks/create'
import { deleteWebhook } from '@/lib/webhooks/delete'
import { redeliver } from '@/lib/webhooks/redeliver'
import { rotateWebhook } from '@/lib/webhooks/rotate'
import { testWebhook } from '@/lib/webhooks/send-test'
import { updateWebhook } from '@/lib/webhooks/update'

/** Makes a webhook; the answer holds its signing secret, which is shown once. */
export const makeWebhook = memberAction(createWebhook)

export const changeWebhook = memberAction(updateWebhook)

/** Gives it a new signing secret, which is in the answer and shown once. */
export const rotate = memberAction(rotateWebhook)

export const sendTest = memberAction(testWebhook)

export const deliverAgain = memberAction(redeliver)

export const remove = memberAction(deleteWebhook)
