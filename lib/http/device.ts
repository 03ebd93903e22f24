import { randomUUID } from 'node:crypto'
import { sharedDatabase } from '@/db/client'
import { redeemDeviceCode } from '@/lib/device-login/redeem'
import { DeviceLogin, DeviceLoginInput, DeviceToken, DeviceTokenInput } from '@/lib/device-login/schemas'
import { startDeviceLogin } from '@/lib/device-login/start'
import { settings } from '@/lib/env'
import { addressOf } from './caller'
import { open } from './route'

export const startDeviceOverHttp = open(
  {
    summary: 'Begin a login that a person confirms in the console (modelled on RFC 8628)',
    need: 'everybody',
    attempt: 'device-start',
    input: DeviceLoginInput,
    output: DeviceLogin,
    refuses: ['rate_limited'],
  },
  (request, input) => {
    const { databaseUrl, databasePool, appUrl } = settings()
    const db = sharedDatabase(databaseUrl, databasePool)
    return startDeviceLogin(db, appUrl, { name: input.client_name, address: addressOf(request) })
  },
)

export const redeemDeviceOverHttp = open(
  {
    summary: 'Take the personal token of a login that was confirmed, once',
    need: 'everybody',
    attempt: 'device-poll',
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
  },
  (request, input) => {
    const { databaseUrl, databasePool } = settings()
    const db = sharedDatabase(databaseUrl, databasePool)
    return redeemDeviceCode(db, input.device_code, { requestId: randomUUID(), address: addressOf(request) })
  },
)
