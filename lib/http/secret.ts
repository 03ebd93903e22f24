import { timingSafeEqual } from 'node:crypto'
import { settings } from '@/lib/env'
import { AppError } from '@/lib/errors'
import { hashToken } from '@/lib/tokens'
import { noteWrong, requireKnown } from './address-limit'
import { addressOf, countedAddress } from './caller'

/** An operator's secrets, by the settings that hold them. */
const secrets = { CRON_SECRET: 'cronSecret', METRICS_TOKEN: 'metricsToken' } as const
export type SecretName = keyof typeof secrets

/**
 * Lets those pass who show an operator's secret, compared in constant time; unset, nobody.
 * @throws AppError `unauthenticated`
 */
export function requireSecret(request: Request, name: SecretName): void {
  const secret = settings()[secrets[name]]
  const shown = /^Bearer +(.+)$/i.exec(request.headers.get('authorization') ?? '')?.[1]
  const isRight =
    secret !== undefined &&
    shown !== undefined &&
    timingSafeEqual(Buffer.from(hashToken(shown)), Buffer.from(hashToken(secret)))
  if (isRight) return
  noteStranger(request)
  throw new AppError('unauthenticated', `This needs \`Authorization: Bearer\` with ${name}.`)
}

/** @throws AppError `rate_limited` */
function noteStranger(request: Request): void {
  const { rateLimitPerMinute } = settings()
  const address = countedAddress(addressOf(request))
  const hash = hashToken(request.headers.get('authorization') ?? '')
  requireKnown(hash, address, rateLimitPerMinute, performance.now())
  noteWrong(hash, address, rateLimitPerMinute, performance.now())
}
