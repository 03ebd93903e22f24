import { z } from 'zod'
import { randomUUID } from 'node:crypto'
import { sharedDatabase } from '@/db/client'
import { redeemDeviceCode } from '@/lib/device-login/redeem'
import { DeviceLogin, DeviceLoginInput, DeviceToken, DeviceTokenInput } from '@/lib/device-login/schemas'
import { startDeviceLogin } from '@/lib/device-login/start'
import { settings } from '@/lib/env'
import { countAttempt, type Attempt } from './address-limit'
import { addressOf, countedAddress } from './caller'
import { readBody } from './read-body'
import { open, type OpenDefinition } from './route'

/** What the two calls of a login have at hand: both are open to strangers, so each is counted by its address. */
async function prepare<S extends z.ZodType>(request: Request, input: S, attempt: Attempt) {
  const { databaseUrl, databasePool, rateLimitPerMinute, maxBodyBytes, appUrl } = settings()
  const address = addressOf(request)
  countAttempt(attempt, countedAddress(address), rateLimitPerMinute, performance.now())
  const { body } = await readBody(request, { input }, maxBodyBytes)
  return {
    db: sharedDatabase(databaseUrl, databasePool),
    appUrl,
    address,
    input: body as z.output<S>,
  }
}

const start = {
  summary: 'Begin a login that a person confirms in the console (RFC 8628)',
  need: 'everybody',
  input: DeviceLoginInput,
  output: DeviceLogin,
  refuses: ['rate_limited'],
} as const satisfies OpenDefinition

export const startDeviceOverHttp = open(start, async (request) => {
  const { db, appUrl, address, input } = await prepare(request, start.input, 'device-start')
  return startDeviceLogin(db, appUrl, { name: input.client_name, address })
})

const redeem = {
  summary: 'Take the personal token of a login that was confirmed, once',
  need: 'everybody',
  input: DeviceTokenInput,
  output: DeviceToken,
  refuses: [
    'authorization_pending',
    'slow_down',
    'access_denied',
    'expired_token',
    'project_archived',
    'rate_limited',
  ],
} as const satisfies OpenDefinition

export const redeemDeviceOverHttp = open(redeem, async (request) => {
  const { db, address, input } = await prepare(request, redeem.input, 'device-poll')
  return redeemDeviceCode(db, input.device_code, { requestId: randomUUID(), address })
})
