import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { api } from '@/lib/http/api'
import { openApiDocument } from '@/lib/http/openapi'

type Json = Record<string, unknown>

/** One call of the API as its document describes it. */
export type Call = {
  method: string
  /** With `{name}` where a value stands. */
  path: string
  query: string[]
  /** JSON schema of the body, where there is one; text for what is no JSON. */
  body: Json | 'text' | undefined
}

export type Addresses = {
  calls: Call[]
  /** Pages as their folders have them, with `[name]` where a value stands. */
  pages: string[]
  /** Server actions by id and name; none where the pages are not built. */
  actions: { id: string; name: string }[]
  schemas: Record<string, Json>
}

/** Every address there is, from the OpenAPI document, the folders of `app`, and what the build made of actions. */
export function allAddresses(root: string): Addresses {
  const document = openApiDocument(api, 'http://localhost') as {
    paths: Record<string, Record<string, Json>>
    components: { schemas: Record<string, Json> }
  }
  const calls = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => toCall(method, path, operation)),
  )
  return { calls, pages: pagesOf(root), actions: actionsOf(root), schemas: document.components.schemas }
}

function toCall(method: string, path: string, operation: Json): Call {
  const parameters = (operation.parameters ?? []) as { name: string; in: string }[]
  const content = (operation.requestBody as { content?: Record<string, { schema: Json }> } | undefined)
    ?.content
  const json = content?.['application/json']?.schema
  return {
    method: method.toUpperCase(),
    path,
    query: parameters.filter((one) => one.in === 'query').map((one) => one.name),
    body: content === undefined ? undefined : (json ?? 'text'),
  }
}

function pagesOf(root: string): string[] {
  return readdirSync(join(root, 'app'), { recursive: true, encoding: 'utf8' })
    .map((file) => file.split(/[\\/]/))
    .filter((parts) => parts.at(-1) === 'page.tsx' && !parts.some((part) => /^[@(]/.test(part)))
    .map((parts) => `/${parts.slice(0, -1).join('/')}`)
    .sort()
}

function actionsOf(root: string): Addresses['actions'] {
  const file = join(root, process.env.NEXT_DIST_DIR || '.next', 'server', 'server-reference-manifest.json')
  if (!existsSync(file)) return []
  const { node } = JSON.parse(readFileSync(file, 'utf8')) as {
    node: Record<string, { exportedName: string }>
  }
  return Object.entries(node)
    .map(([id, { exportedName }]) => ({ id, name: exportedName }))
    .sort((a, b) => a.name.localeCompare(b.name))
}
