'use server'

import { z } from 'zod'
import { settings } from '@/lib/env'
import { memberAction } from '@/lib/sign-in/action'
import { createWebhook } from '@/lib/webhooks/create'
import { deleteWebhook } from '@/lib/webhooks/delete'
import { redeliver } from '@/lib/webhooks/redeliver'
import { rotateWebhook } from '@/lib/webhooks/rotate'
import { CreateWebhookInput, UpdateWebhookInput } from '@/lib/webhooks/schemas'
import { testWebhook } from '@/lib/webhooks/send-test'
import { updateWebhook } from '@/lib/webhooks/update'

const Id = z.string().max(128)
const ById = z.strictObject({ id: Id })

/** Makes a webhook; the answer holds its signing secret, which is shown once. */
export const makeWebhook = memberAction({ role: 'admin', input: CreateWebhookInput }, async (ctx, input) =>
  createWebhook(ctx, input, settings()),
)

export const changeWebhook = memberAction(
  { role: 'admin', input: UpdateWebhookInput.extend({ id: Id }) },
  async (ctx, input) => updateWebhook(ctx, input, settings()),
)

/** Gives it a new signing secret, which is in the answer and shown once. */
export const rotate = memberAction({ role: 'admin', input: ById }, rotateWebhook)

export const sendTest = memberAction({ role: 'admin', input: ById }, testWebhook)

export const deliverAgain = memberAction(
  { role: 'admin', input: z.strictObject({ webhookId: Id, id: Id }) },
  redeliver,
)

export const remove = memberAction({ role: 'admin', input: ById }, deleteWebhook)
