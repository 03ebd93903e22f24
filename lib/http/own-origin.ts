import { AppError } from '@/lib/errors'

/**
 * What a browser may be told whose form comes from elsewhere, or from nowhere; undefined where it is from our own
 * pages. Every browser says on a POST where the page came from (Fetch standard, section 3.2); what the request
 * calls this server, by Host or X-Forwarded-Host, a proxy or a stranger wrote.
 * @param origin the header's value
 * @param appUrl the one address that the operator gave this server
 */
export function refusalOfOrigin(origin: string | null, appUrl: string): string | undefined {
  return origin === appUrl
    ? undefined
    : `This server is ${appUrl}: open it at that address and try again. If that is not its address, its operator has to set APP_URL.`
}

/**
 * A browser session may change something only from our own pages.
 * @throws AppError `forbidden`
 */
export function requireOwnOrigin(headers: Pick<Headers, 'get'>, appUrl: string): void {
  const refusal = refusalOfOrigin(headers.get('origin'), appUrl)
  if (refusal !== undefined) throw new AppError('forbidden', refusal)
}
