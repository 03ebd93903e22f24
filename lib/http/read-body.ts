import { z } from 'zod'
import { withoutAbsent } from './absent'
import { hasBody, readBodyJson, readBytes, readYaml } from './body'
import { parseInput } from './input'
import type { Definition, Media } from '@/lib/verb'

/** A body as a part of the input, and the exact text of each of its members. */
export type Body = { body: object; source: Record<string, string> }

const noBody: Body = { body: {}, source: {} }
const noFields = z.strictObject({})
/** Of an agent's file, and of an agent's own state. */
const mostYamlBytes = 64 * 1024
const mostBytes = 1024 * 1024

/**
 * The body of a request, as its definition wants it.
 * @param most bytes of a JSON body of which nothing is recorded
 * @throws AppError for a body that is none: of another type, too large, broken, not by its schema
 */
export async function readBody(
  request: Request,
  { input, recorded = [] }: Pick<Definition, 'input' | 'recorded'>,
  most: number,
): Promise<Body> {
  if (request.method === 'GET' || request.method === 'HEAD' || request.method === 'DELETE') return noBody
  if (input !== undefined && 'media' in input) return { body: await readMedia(request, input), source: {} }
  // A call without a body may be sent with none, but not with fields that mean nothing.
  if (input === undefined && !hasBody(request)) return noBody
  if (input === undefined && !request.headers.has('content-type')) return noBody
  const { value, sources: source } = await readBodyJson(request, { most, recorded })
  const wanted = input ?? noFields
  const body = parseInput(wanted, withoutAbsent(wanted, value)) as object
  // The texts of members that count as absent are forgotten.
  for (const name of Object.keys(source)) if (!Object.hasOwn(body, name)) delete source[name]
  return { body, source }
}

async function readMedia(request: Request, { as }: Media): Promise<object> {
  if (as !== undefined) return { [as]: await readYaml(request, mostYamlBytes) }
  const body = await readBytes(request, mostBytes)
  return { body, contentType: request.headers.get('content-type') ?? 'application/octet-stream' }
}
