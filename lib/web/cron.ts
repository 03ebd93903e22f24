import { timingSafeEqual } from 'node:crypto'
import { settings } from '@/lib/env'
import { AppError } from '@/lib/errors'
import { hashToken } from '@/lib/tokens'

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
  if (!isRight) throw new AppError('unauthenticated', `This needs \`Authorization: Bearer\` with ${name}.`)
}

/**
 * Opens the cron routes.
 * @throws AppError `unauthenticated`
 */
export function requireCronSecret(request: Request): void {
  requireSecret(request, settings().cronSecret, 'CRON_SECRET')
}
