import { timingSafeEqual } from 'node:crypto'
import { settings } from '@/lib/env'
import { AppError } from '@/lib/errors'
import { hashToken } from '@/lib/tokens'

/**
 * Opens the cron routes to whoever shows the secret; unset, they are closed.
 * @throws AppError `unauthenticated`
 */
export function requireCronSecret(request: Request): void {
  const secret = settings().cronSecret
  const shown = /^Bearer +(.+)$/i.exec(request.headers.get('authorization') ?? '')?.[1]
  const isRight =
    secret !== undefined &&
    shown !== undefined &&
    timingSafeEqual(Buffer.from(hashToken(shown)), Buffer.from(hashToken(secret)))
  if (!isRight) throw new AppError('unauthenticated', 'This needs `Authorization: Bearer` with CRON_SECRET.')
}
