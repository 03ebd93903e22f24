import type { IncomingMessage } from 'node:http'
import { AppError } from '@/lib/errors'
import { decodeUtf8, parseStrict, type StrictJson } from '@/lib/json/strict'
import { withBodyDeadline } from './deadline'
import { hasIncomingBody, streamOf } from './node-http'

/** What only records: outputs of 1 MiB, and 4 kB for what stands around them. */
const mostRecordedBytes = 1024 * 1024 + 4 * 1024

/**
 * Reads a body up to a size, no further and for half a minute at most.
 * @throws AppError `body_too_large`, `body_too_slow`, `unsupported_media_type` for a coding that is not undone here
 */
export async function readBytes(request: Request, most: number): Promise<Buffer> {
  requireNoCoding(request)
  return withBodyDeadline(readAll(request, most))
}

async function readAll(request: Request, most: number): Promise<Buffer> {
  const announced = Number(request.headers.get('content-length') ?? 0)
  if (announced > most) throw tooLarge(most)
  const incoming = streamOf(request)
  if (incoming) return readIncoming(incoming, most)
  if (request.body === null) return Buffer.alloc(0)
  const chunks: Uint8Array[] = []
  let size = 0
  const reader = request.body.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return Buffer.concat(chunks, size)
    size += value.byteLength
    if (size > most) {
      void reader.cancel().catch(() => {})
      throw tooLarge(most)
    }
    chunks.push(value)
  }
}

/** The same from node:http, without a web stream in between. */
function readIncoming(incoming: IncomingMessage, most: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const take = (chunk: Buffer) => {
      size += chunk.byteLength
      if (size <= most) return void chunks.push(chunk)
      incoming.off('data', take).pause()
      reject(tooLarge(most))
    }
    const hungUp = () => reject(new AppError('malformed_body', 'The body ended before it was complete.'))
    if (incoming.destroyed) return hungUp()
    incoming.on('data', take).once('error', hungUp).once('close', hungUp)
    incoming.once('end', () => {
      incoming.off('close', hungUp)
      resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, size))
    })
  })
}

/** Whether there is anything to read; a request may come without. */
export function hasBody(request: Request): boolean {
  if (request.headers.get('content-length') === '0') return false
  return streamOf(request) ? hasIncomingBody(request) : request.body !== null
}

function tooLarge(most: number): AppError {
  return new AppError('body_too_large', `The body may have at most ${most} bytes.`, {
    headers: { Connection: 'close' },
  })
}

/**
 * Reads a JSON body without loss, but for the members in `recorded`, which are taken as they are (`parseStrict`).
 * @param options `most` bytes, where nothing of it is recorded
 * @throws AppError `unsupported_media_type`, `body_too_large`, `malformed_body`
 */
export async function readBodyJson(
  request: Request,
  { most, recorded = [] }: { most: number; recorded?: readonly string[] },
): Promise<StrictJson> {
  requireMediaType(request, /^(application\/([a-z0-9.+-]+\+)?|text\/)json$/, 'application/json')
  const bytes = await readBytes(request, recorded.length > 0 ? mostRecordedBytes : most)
  return parseStrict(decodeUtf8(bytes), { recorded })
}

/**
 * Reads YAML text.
 * @throws AppError `unsupported_media_type`, `body_too_large`, `malformed_body`
 */
export async function readYaml(request: Request, most: number): Promise<string> {
  requireMediaType(request, /^(application|text)\/([a-z0-9.+-]+\+)?(x-)?yaml$/, 'application/yaml')
  const text = decodeUtf8(await readBytes(request, most))
  if (text.includes('\0')) throw new AppError('malformed_body', 'The file holds a NUL character.')
  return text
}

/**
 * Nothing is inflated: what is labelled as compressed, rightly or not, could mean one thing to us and another to
 * who wrote it (RFC 9110, section 15.5.16).
 * @throws AppError `unsupported_media_type`
 */
function requireNoCoding(request: Request): void {
  const codings = (request.headers.get('content-encoding') ?? '').toLowerCase().split(',')
  const transfers = (request.headers.get('transfer-encoding') ?? '').toLowerCase().split(',')
  const isPlain = codings.every((coding) => ['', 'identity'].includes(coding.trim()))
  if (isPlain && transfers.every((coding) => ['', 'chunked'].includes(coding.trim()))) return
  throw new AppError('unsupported_media_type', 'Send the body as it is, without Content-Encoding.', {
    headers: { 'Accept-Encoding': 'identity' },
  })
}

/** @throws AppError `unsupported_media_type` */
function requireMediaType(request: Request, pattern: RegExp, wanted: string): void {
  const [type = '', ...parameters] = (request.headers.get('content-type') ?? '').toLowerCase().split(';')
  const charset = parameters
    .map((parameter) => parameter.trim())
    .find((parameter) => parameter.startsWith('charset='))
  // ASCII is UTF-8 as well.
  const isUtf8 = charset === undefined || /^charset="?(utf-?8|us-ascii)"?$/.test(charset)
  if (!pattern.test(type.trim()) || !isUtf8) {
    throw new AppError('unsupported_media_type', `Send the body as ${wanted} in UTF-8.`, {
      headers: { Accept: wanted },
    })
  }
}
