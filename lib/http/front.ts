import { readdirSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { toRequest, write } from './node-http'
import { refuseMethod, type Answer, type Handler } from './route'
import { malformedAddress, nothingHere } from './unknown'

type Module = Record<string, Handler>
type Segment = { name: string } | { text: string }
type Entry = { segments: Segment[]; module: Module }

/** Sign-in is next-auth's, which lives in Next. */
const servedByNext = ['auth']

/**
 * The API without the framework's toll: the very functions that Next serves elsewhere, found by the files
 * of `app/api`, called straight from `node:http`.
 */
export class ApiFront {
  private constructor(private readonly entries: Entry[]) {}

  /** @param root folder that holds `app/api` */
  static async load(root: string): Promise<ApiFront> {
    const base = path.join(root, 'app', 'api')
    const files = readdirSync(base, { recursive: true, encoding: 'utf8' })
      .map((file) => file.split(path.sep))
      .filter((parts) => parts.at(-1) === 'route.ts' && !servedByNext.includes(parts[0] ?? ''))
      .filter((parts) => !parts.some((part) => /^\[+\.\.\./.test(part)))
    const entries = await Promise.all(
      files.map(async (parts) => ({
        segments: parts.slice(0, -1).map(toSegment),
        module: (await import(pathToFileURL(path.join(base, ...parts)).href)) as Module,
      })),
    )
    // Written-out segments before placeholders: `approvals/decisions` is not an approval's id.
    entries.sort((a, b) => placeholders(a) - placeholders(b))
    return new ApiFront(entries)
  }

  /** Whether an address is answered here. */
  serves(url: string): boolean {
    if (!url.startsWith('/api')) return false
    const end = url[4]
    if (end !== undefined && end !== '/' && end !== '?') return false
    return !servedByNext.some((name) => new RegExp(`^/api/${name}(/|\\?|$)`).test(url))
  }

  async handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const request = toRequest(incoming, outgoing)
    await write(await this.answer(request, incoming.url ?? '/'), incoming, outgoing)
  }

  /** For a target that is no address. */
  async refuse(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    await write(await malformedAddress.answer(toRequest(incoming, outgoing), {}), incoming, outgoing)
  }

  private async answer(request: Request, url: string): Promise<Answer> {
    const path = pathOf(url)
    if (!path.startsWith('/api')) return nothingHere.answer(request, {})
    if (isUntidy(path)) return moved(path, url)
    const [, top, ...parts] = path.split('/')
    if (top !== 'api') return nothingHere.answer(request, {})
    const method = request.method === 'HEAD' ? 'GET' : request.method
    for (const { segments, module } of this.entries) {
      const params = match(segments, parts)
      if (!params) continue
      if (params === 'malformed') return malformedAddress.answer(request, {})
      const taken = Object.keys(module).filter((name) => !module[name]?.isRefusal)
      const handler = taken.includes(method) ? module[method] : refuseMethod(taken)
      return (handler ?? nothingHere).answer(request, params)
    }
    return nothingHere.answer(request, {})
  }
}

function toSegment(part: string): Segment {
  const placeholder = /^\[(.+)\]$/.exec(part)?.[1]
  return placeholder === undefined ? { text: part } : { name: placeholder }
}

function placeholders(entry: Entry): number {
  return entry.segments.filter((segment) => 'name' in segment).length
}

/** The path as it was sent, with `.` and `..` taken out of it where there are any. */
function pathOf(url: string): string {
  const path = url.split('?', 1)[0] ?? ''
  return /\/(\.|%2e)/i.test(path) ? new URL(path, 'http://localhost').pathname : path
}

function isUntidy(path: string): boolean {
  return path.endsWith('/') || path.includes('//') || path.includes('\\')
}

/** A slash too many is answered as Next does: with the tidy address, for any method. */
function moved(path: string, url: string): Response {
  const tidy = path.replace(/[\\/]+/g, '/').replace(/\/$/, '')
  const query = url.includes('?') ? url.slice(url.indexOf('?')) : ''
  return new Response(null, { status: 308, headers: { Location: tidy + query } })
}

function match(segments: Segment[], parts: string[]): Record<string, string> | 'malformed' | undefined {
  if (segments.length !== parts.length) return undefined
  const params: Record<string, string> = {}
  for (const [i, segment] of segments.entries()) {
    const part = parts[i] ?? ''
    if ('text' in segment) {
      if (segment.text !== part) return undefined
    } else if (part === '') return undefined
    else params[segment.name] = part
  }
  return decoded(params)
}

function decoded(params: Record<string, string>): Record<string, string> | 'malformed' {
  try {
    for (const name of Object.keys(params)) params[name] = decodeURIComponent(params[name] ?? '')
    return params
  } catch {
    return 'malformed'
  }
}
