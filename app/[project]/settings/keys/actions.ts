'use server'

import { z } from 'zod'
import { createKey } from '@/lib/keys/create-key'
import { createToken } from '@/lib/keys/create-token'
import { revokeKey } from '@/lib/keys/revoke-key'
import { CreateAgentKeyInput, CreateTokenInput } from '@/lib/keys/schemas'
import { memberAction } from '@/lib/sign-in/action'

/** Makes an agent key; the answer holds its token, which is shown once. */
export const makeKey = memberAction({ role: 'admin', input: CreateAgentKeyInput }, createKey)

/** Makes a personal token of the member who asks; the answer holds it, which is shown once. */
export const makeToken = memberAction({ role: 'viewer', input: CreateTokenInput }, createToken)

export const revoke = memberAction(
  { role: 'viewer', input: z.strictObject({ id: z.string().max(128) }) },
  revokeKey,
)
