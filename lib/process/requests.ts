import type { IncomingMessage, ServerResponse } from 'node:http'
import { measures } from '@/lib/measures'
import { isTraced, placeOf, traced } from '@/lib/traces'

type Handle = (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>

/**
 * The same handler, measured and traced where somebody reads that: by method, the route's pattern and the kind of
 * status, never by an id.
 * @param patternOf the pattern of the API's address that a path is at, such as `/api/approvals/{id}`
 */
export function observed(handle: Handle, patternOf: (path: string) => string | undefined): Handle {
  const routeOf = (path: string): string => {
    if (path.startsWith('/api/')) return patternOf(path) ?? 'none'
    return path.startsWith('/_next/') ? 'asset' : 'page'
  }
  return (incoming, outgoing) => {
    if (!measures() && !isTraced()) return handle(incoming, outgoing)
    const route = routeOf((incoming.url ?? '').split('?', 1)[0] ?? '')
    const method = methods.has(incoming.method ?? '') ? (incoming.method ?? '') : 'other'
    const begun = performance.now()
    const status = () => `${Math.floor(outgoing.statusCode / 100)}xx`
    outgoing.once('close', () =>
      measures()?.request({ method, route, status: status() }, (performance.now() - begun) / 1000),
    )
    return traced(
      `${method} ${route}`,
      {
        kind: 'server',
        attributes: { 'http.request.method': method, 'http.route': route },
        from: placeOf(incoming.headers),
      },
      async (add) => {
        await handle(incoming, outgoing)
        add({ 'http.response.status_code': outgoing.statusCode })
      },
    )
  }
}

const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
