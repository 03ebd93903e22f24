import { hash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join, sep } from 'node:path'
import { pageHeaders } from './page-headers.mjs'

/** Answers what it has, and says whether it did. */
export type StaticFiles = (incoming: IncomingMessage, outgoing: ServerResponse) => boolean

const types = { js: 'application/javascript; charset=UTF-8', css: 'text/css; charset=UTF-8' }
const compressed = /\.(js|css)\.br$/

/**
 * The scripts and styles below a folder that have their brotli beside them (`name.js.br`), by their addresses below
 * `/_next/static/`. They are held in memory, so that no address reaches a file, and a build under way changes nothing.
 * What has none, who takes no brotli and who wants a range are left to Next, which gzips as it sends.
 * @param folder need not be there
 */
export async function readStaticFiles(folder: string): Promise<StaticFiles> {
  const names = existsSync(folder) ? await readdir(folder, { recursive: true }) : []
  const files = new Map(
    await Promise.all(
      names
        .filter((name) => compressed.test(name))
        .map(async (name) => {
          const address = `/_next/static/${name.split(sep).join('/').replace(/\.br$/, '')}`
          return [address, fileOf(name, await readFile(join(folder, name)))] as const
        }),
    ),
  )
  return (incoming, outgoing) => {
    const { method, url = '', headers } = incoming
    if (method !== 'GET' && method !== 'HEAD') return false
    const file = files.get(url.split('?', 1)[0] ?? '')
    if (!file || headers.range !== undefined || !takesBrotli(headers['accept-encoding'])) return false
    const { body, ...own } = file
    if (isKnown(headers['if-none-match'], own.ETag)) outgoing.writeHead(304, { ...always, ETag: own.ETag })
    else outgoing.writeHead(200, { ...always, ...own })
    outgoing.end(method === 'HEAD' || outgoing.statusCode === 304 ? undefined : body)
    return true
  }
}

/** The address of a file changes with what is in it. */
const always = {
  ...pageHeaders,
  'Cache-Control': 'public, max-age=31536000, immutable',
  Vary: 'Accept-Encoding',
}

function fileOf(name: string, body: Buffer) {
  return {
    body,
    'Content-Type': types[compressed.exec(name)?.[1] as keyof typeof types],
    'Content-Encoding': 'br',
    'Content-Length': body.length,
    ETag: `"${hash('sha256', body, 'base64url').slice(0, 22)}"`,
  }
}

/** Whether `br` is named and not ruled out (RFC 9110, section 12.5.3). */
function takesBrotli(accepted: string | string[] | undefined): boolean {
  return /(?:^|,)\s*br\s*(?:;\s*q=(?!0(?:\.0*)?\s*(?:,|$))|,|$)/i.test(String(accepted ?? ''))
}

function isKnown(tags: string | undefined, tag: string): boolean {
  return tags?.split(',').some((one) => one.trim().replace(/^W\//, '') === tag || one.trim() === '*') ?? false
}
