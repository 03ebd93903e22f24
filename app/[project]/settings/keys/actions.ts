'use server'

import { createKey } from '@/lib/keys/create-key'
import { createToken } from '@/lib/keys/create-token'
import { revokeKey } from '@/lib/keys/revoke-key'
import { memberAction } from '@/lib/sign-in/action'

/** Makes an agent key; the answer holds its token, which is shown once. */
export const makeKey = memberAction(createKey)

/** Makes a personal token of the member who asks; the answer holds it, which is shown once. */
export const makeToken = memberAction(createToken)

export const revoke = memberAction(revokeKey)
