import { format, type Options } from 'prettier'
import { expect, test } from 'vitest'
import packageJson from '@/package.json' with { type: 'json' }
import { api } from '@/lib/http/api'
import { openApiDocument } from '@/lib/http/openapi'

/** What of the document the client publishes, and as what. */
const published = {
  Next: 'Next',
  Decision: 'Decision',
  Rule: 'Rule',
  Metadata: 'Metadata',
  Person: 'Person',
  Requirement: 'Requirement',
  Progress: 'Progress',
  Review: 'Review',
  CanDecide: 'CanDecide',
  Edited: 'Edited',
  Editable: 'Editable',
  Denied: 'Denied',
  Approval: 'Approval',
  CallState: 'RecordedCall',
  NotRequired: 'NotRequired',
  Run: 'RunRecord',
  ToolCall: 'ToolCall',
  Me: 'Me',
} as const

type Schema = {
  $ref?: string
  type?: string | string[]
  const?: unknown
  enum?: unknown[]
  anyOf?: Schema[]
  items?: Schema
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: boolean | Schema
  description?: string
}

const comment = ({ description }: Schema) => (description ? `/** ${description} */\n` : '')

/** A schema of the document as a type of TypeScript. */
function typeOf(schema: Schema): string {
  const { $ref, type, anyOf, items, properties, required = [], additionalProperties } = schema
  if ($ref) {
    const name = published[$ref.split('/').pop() as keyof typeof published]
    if (!name) throw new Error(`${$ref} is not published.`)
    return name
  }
  if ('const' in schema) return JSON.stringify(schema.const)
  if (schema.enum) return schema.enum.map((one) => JSON.stringify(one)).join(' | ')
  if (anyOf) return anyOf.map(typeOf).join(' | ')
  if (Array.isArray(type)) return type.map((one) => typeOf({ ...schema, type: one })).join(' | ')
  if (type === 'array') return `(${typeOf(items ?? {})})[]`
  if (type === 'integer') return 'number'
  if (type !== 'object') return type ?? 'unknown'
  if (!properties) {
    const value = typeof additionalProperties === 'object' ? typeOf(additionalProperties) : 'unknown'
    return `Record<string, ${value}>`
  }
  const members = Object.entries(properties).map(
    ([name, member]) => `${comment(member)}${name}${required.includes(name) ? '' : '?'}: ${typeOf(member)}`,
  )
  return `{ ${members.join('\n')} }`
}

test('the types are those of the OpenAPI document; `vitest -u` on this file writes them anew', async () => {
  const { components } = openApiDocument(api, 'http://localhost:3000') as {
    components: { schemas: Record<string, Schema> }
  }
  const types = Object.entries(published).map(([from, as]) => {
    const schema = components.schemas[from] ?? {}
    return `${comment(schema)}export type ${as} = ${typeOf(schema)}\n`
  })
  const text = `// Written by types.test.ts from the OpenAPI document.\n\n${types.join('\n')}`
  const options = { ...(packageJson.prettier as Options), parser: 'typescript' }
  await expect(await format(text, options)).toMatchFileSnapshot('./types.ts')
})
