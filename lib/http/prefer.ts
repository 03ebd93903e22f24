import { mostWaitSeconds } from '@/lib/wake/room'
import { AppError } from '@/lib/errors'

/**
 * The seconds of `?wait=N`, or else of `Prefer: wait=N` (RFC 7240), cut to what is allowed; 0 where there is no usable
 * wish.
 * @throws AppError `invalid_query` for a `?wait=` that is no number; an odd header means nothing, as RFC 7240 wants it
 */
export function waitSeconds(request: Request): number {
  const { url } = request
  const asked = url.includes('wait=') ? new URL(url).searchParams.get('wait') : null
  if (asked !== null) {
    if (!/^\d+$/.test(asked)) throw notSeconds()
    return Math.min(Number(asked), mostWaitSeconds)
  }
  const header = request.headers.get('prefer') ?? ''
  for (const preference of header.split(',')) {
    const found = /^\s*wait\s*=\s*"?(\d{1,9})"?\s*(;|$)/i.exec(preference)
    if (found) return Math.min(Number(found[1]), mostWaitSeconds)
  }
  return 0
}

function notSeconds(): AppError {
  const detail = `Seconds to wait: a whole number, of which ${mostWaitSeconds} are taken at most.`
  return new AppError('invalid_query', `Query wait: ${detail}`, { errors: [{ pointer: '/wait', detail }] })
}
