import { NextResponse, type NextRequest } from 'next/server'
import { settings } from '@/lib/env'
import { refusalOfOrigin } from '@/lib/http/own-origin'

/**
 * Puts the content security policy with its nonce on every page. It is no lock: pages, actions and
 * routes authorize themselves, and the API never passes here (a body would be cut silently).
 * `x-path` tells a page its own address, so that signing in can return to it; `x-request-id` names the request in
 * the log and to the reader. Next compares a form's Origin with the name that the request gives this server, and
 * answers 500; so what comes from elsewhere is told so before, and the name is the one that the operator gave.
 */
export function proxy(request: NextRequest) {
  const { appUrl } = settings()
  const refusal = request.method === 'POST' && refusalOfOrigin(request.headers.get('origin'), appUrl)
  if (refusal) return new NextResponse(refusal, { status: 403, headers: { 'Content-Type': 'text/plain' } })
  const nonce = btoa(crypto.randomUUID())
  const policy = contentSecurityPolicy(nonce)
  const headers = new Headers(request.headers)
  headers.set('x-forwarded-host', new URL(appUrl).host)
  headers.set('Content-Security-Policy', policy)
  headers.set('x-path', request.nextUrl.pathname + request.nextUrl.search)
  const requestId = crypto.randomUUID()
  headers.set('x-request-id', requestId)
  const response = NextResponse.next({ request: { headers } })
  response.headers.set('Content-Security-Policy', policy)
  response.headers.set('X-Request-Id', requestId)
  response.headers.set('Cache-Control', 'private, no-store')
  if (isHttps()) response.headers.set('Strict-Transport-Security', 'max-age=63072000; includeSubDomains')
  return response
}

export const config = {
  matcher: '/((?!api(?:/|$)|_next/static/|icon\\.svg$|apple-icon\\.png$|manifest\\.webmanifest$).*)',
}

function isHttps(): boolean {
  return process.env.APP_URL?.startsWith('https:') ?? false
}

/** Development needs `eval` and inline styles for its error overlay, and a socket for reloading. */
function contentSecurityPolicy(nonce: string): string {
  const isDev = process.env.NODE_ENV === 'development'
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${isDev ? " 'unsafe-eval'" : ''}`,
    isDev ? "style-src 'self' 'unsafe-inline'" : `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    isDev ? "connect-src 'self' ws:" : "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "worker-src 'self'",
    "frame-src 'none'",
    "frame-ancestors 'none'",
    ...(isHttps() ? ['upgrade-insecure-requests'] : []),
  ].join('; ')
}
