import { timingSafeEqual } from 'node:crypto'
import { settings } from '@/lib/env'
import { AppError } from '@/lib/errors'
import { hashToken } from '@/lib/tokens'
import { noteWrong, requireKnown } from './address-limit'
import { addressOf, countedAddress } from './caller'

/**
 * Opens a route to whoever shows an operator's secret, compared in constant time; unset, it is closed.
 * @param name the setting that holds it, for the refusal
 * @throws AppError `unauthenticated`
 */
export function requireSecret(request: Request, secret: string | undefined, name: string): void {
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

/**
 * Opens the cron routes.
 * @throws AppError `unauthenticated`
 */
export function requireCronSecret(request: Request): void {
  requireSecret(request, settings().cronSecret, 'CRON_SECRET')
}
