import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isErrorCode, readErrorPage } from '@/lib/docs/errors'
import { typographic } from '@/lib/docs/typographic'
import packageJson from '@/package.json' with { type: 'json' }
import { api } from './api'
import { openApiDocument, Problem } from './openapi'

const document = openApiDocument(api, 'http://localhost:3000')
type Response = { headers?: object; content?: Record<string, { schema?: object; examples?: object }> }
type Operation = {
  operationId: string
  tags: string[]
  description: string
  parameters: Parameter[]
  security: object[]
  responses: Record<string, Response>
}
type Parameter = { name: string; in: string; schema: object }
const operationAt = (path: string, method: string) =>
  (document.paths as Record<string, Record<string, Operation>>)[path]?.[method]

describe('the OpenAPI document', () => {
  it('is made once in a process, for each address of it', () => {
    expect(openApiDocument(api, 'http://localhost:3000')).toBe(openApiDocument(api, 'http://localhost:3000'))
    expect(openApiDocument(api, 'https://hold.example').servers).toEqual([{ url: 'https://hold.example' }])
    expect(document.servers).toEqual([{ url: '/' }])
  })

  it('describes every member that a refusal has beside the usual ones', () => {
    const sources = readdirSync('lib', { recursive: true, encoding: 'utf8' }).filter((file) =>
      /^(?!.*\.test\.ts$).*\.ts$/.test(file),
    )
    const given = sources
      .filter((file) => !file.startsWith(join('http', 'openapi')) && !file.startsWith('testing'))
      .flatMap((file) => [...readFileSync(join('lib', file), 'utf8').matchAll(/\bmembers: \{\s*(\w+)/g)])
      .map(([, name]) => name)
    expect(given).toContain('approval')
    expect([...new Set(given)].filter((name) => !Object.hasOwn(Problem.shape, name ?? ''))).toEqual([])
  })

  it('names every call, and each name in its address', () => {
    for (const [call, { def }] of Object.entries(api)) {
      const [method = '', path = ''] = call.split(' ')
      const operation = operationAt(`/api${path}`, method.toLowerCase())
      const named = operation?.parameters?.filter((one) => one.in === 'path').map(({ name }) => `{${name}}`)
      expect([call, named ?? []]).toEqual([call, path.match(/\{\w+\}/g) ?? []])
      expect([call, Object.keys(def.path?.shape ?? {}).map((name) => `{${name}}`)]).toEqual([
        call,
        path.match(/\{\w+\}/g) ?? [],
      ])
    }
  })

  it('says of a query what is checked in it', () => {
    const inQuery = (path: string) =>
      Object.fromEntries(operationAt(path, 'get')?.parameters.map((one) => [one.name, one]) ?? [])
    const limit = { type: 'integer', minimum: 1, maximum: 100, default: 50 }
    expect(inQuery('/api/runs').status).toMatchObject({
      explode: false,
      schema: {
        type: 'array',
        items: { enum: ['running', 'awaiting_approval', 'completed', 'failed', 'cancelled'] },
      },
    })
    expect(inQuery('/api/runs').limit?.schema).toEqual(limit)
    expect(inQuery('/api/audit').since?.schema).toMatchObject({ type: 'string', format: 'date-time' })
    expect(inQuery('/api/audit/export').format?.schema).toMatchObject({
      enum: ['ndjson', 'csv'],
      default: 'ndjson',
    })
    expect(inQuery('/api/approvals').status).toMatchObject({ explode: false, schema: { type: 'array' } })
    expect(inQuery('/api/approvals').q?.schema).toEqual({ type: 'string', minLength: 1, maxLength: 200 })
  })

  it('says who may call, and what is refused', () => {
    expect(operationAt('/api/approvals/{id}/claim', 'post')?.description).toBe(
      'For: agent key with run. Refusals: invalid_tool_name, not_found, not_approved, params_mismatch, already_claimed, grant_expired, run_finished, agent_paused, project_archived, invalid_id, malformed_body, invalid_input, unknown_field, body_too_large, unsupported_media_type.',
    )
    expect(operationAt('/api/agents/{name}', 'put')?.description).toContain(
      'For: agent key with deploy; admin.',
    )
  })

  it('says what of the approval a conflict carries, and what a webhook is sent', () => {
    const { schemas } = document.components as { schemas: Record<string, object> }
    expect(schemas.ApprovalProblem).toMatchObject({ required: ['code', 'approval'] })
    const { oneOf = [] } = (operationAt('/api/approvals/{id}/claim', 'post')?.responses['409']?.content?.[
      'application/problem+json'
    ]?.schema ?? {}) as { oneOf?: { properties: { code: { enum: string[] } } }[] }
    expect(oneOf.map(({ properties }) => properties.code.enum)).toEqual([
      ['not_approved', 'params_mismatch', 'already_claimed', 'grant_expired'],
      ['run_finished', 'agent_paused', 'project_archived'],
    ])
    const paused = ['/api/approvals', '/api/approvals/{id}/claim'].map((path) => operationAt(path, 'post'))
    for (const operation of paused)
      expect(operation?.responses['409']).toHaveProperty(['headers', 'Retry-After'])
    expect(Object.keys(document.webhooks as object)).toEqual([
      'approval.requested',
      'approval.approved',
      'approval.rejected',
      'approval.expired',
      'approval.cancelled',
      'approval.edited',
      'approval.escalated',
      'approval.overridden',
      'agent.paused',
      'agent.resumed',
      'audit.head',
      'webhook.test',
    ])
    expect(schemas.CreateWebhookInput).toMatchObject({
      oneOf: [
        { required: ['url'] },
        { required: ['url'] },
        { required: ['url'] },
        { required: ['routing_key'] },
      ],
    })
    expect(schemas.InviteMemberInput).toMatchObject({ properties: { email: { format: 'email' } } })
    const fields = operationAt('/api/agents', 'get')?.parameters.find(({ name }) => name === 'fields')
    expect(fields).toMatchObject({
      explode: false,
      schema: { items: { enum: expect.arrayContaining(['name']) } },
    })
    expect(document.info).toMatchObject({ version: packageJson.version })
  })

  it('says of each code what its page says', () => {
    const { examples } = document.components as { examples: Record<string, { summary: string }> }
    const codes = Object.keys(examples).filter(isErrorCode)
    expect(codes.length).toBeGreaterThan(40)
    for (const code of codes)
      expect([code, typographic(examples[code]?.summary ?? '')]).toEqual([code, readErrorPage(code).meaning])
  })

  it('refers only to schemas that it holds', () => {
    const components = document.components as Record<string, Record<string, unknown>>
    const wanted = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref]) => ref ?? '')
    expect(wanted.length).toBeGreaterThan(40)
    for (const ref of new Set(wanted)) {
      const [, kind = '', name = ''] = /^#\/components\/(\w+)\/([\w-]+)$/.exec(ref) ?? []
      expect([ref, Object.keys(components[kind] ?? {})]).toEqual([ref, expect.arrayContaining([name])])
    }
  })

  it('names each call once, and where it belongs', () => {
    const operations = Object.values(document.paths as Record<string, Record<string, Operation>>).flatMap(
      (methods) => Object.values(methods),
    )
    const names = operations.map(({ operationId }) => operationId)
    expect(operations.filter(({ operationId, tags }) => !operationId || tags.length !== 1)).toEqual([])
    expect(new Set(names).size).toBe(Object.keys(api).length)
    expect(names).toEqual(
      expect.arrayContaining(['askApproval', 'claimApproval', 'saveCheckpoint', 'checkCall']),
    )
    const known = (document.tags as { name: string }[]).map(({ name }) => name)
    expect(operations.filter(({ tags: [tag = ''] }) => !known.includes(tag))).toEqual([])
  })

  it('says by status why a call is refused, and which headers an answer has', () => {
    const claim = operationAt('/api/approvals/{id}/claim', 'post')
    expect(
      Object.keys(claim?.responses['409']?.content?.['application/problem+json']?.examples ?? {}),
    ).toEqual(expect.arrayContaining(['not_approved', 'already_claimed']))
    expect(claim?.responses['401']).toEqual({ $ref: '#/components/responses/unauthenticated' })
    expect(claim?.security).toEqual([{ 'agentKey.run': [] }])
    const asked = operationAt('/api/approvals', 'post')?.responses
    expect(Object.keys(asked?.['201']?.headers ?? {})).toEqual(
      expect.arrayContaining(['X-Request-Id', 'RateLimit', 'Location', 'Preference-Applied']),
    )
    expect(Object.keys(asked?.['200']?.headers ?? {})).toContain('Idempotency-Replayed')
    expect(JSON.stringify(document)).not.toContain('9007199254740991')
  })

  it('says what names and ids in bodies and addresses look like', () => {
    const { schemas } = document.components as {
      schemas: Record<string, { properties: Record<string, { pattern?: string }> }>
    }
    for (const name of ['AskInput', 'ClaimInput', 'CheckInput'])
      expect([name, schemas[name]?.properties.tool?.pattern]).toEqual([name, '^[A-Za-z0-9_.:/-]{1,200}$'])
    const patternIn = (path: string) => operationAt(path, 'get')?.parameters[0]?.schema
    expect(patternIn('/api/approvals/{id}')).toMatchObject({ pattern: '^apr_[0-9a-hjkmnp-tv-z]{26}$' })
    expect(patternIn('/api/agents/{name}')).toHaveProperty('pattern')
  })

  it('says what the approval holds and what asking refuses', () => {
    const { schemas } = document.components as {
      schemas: Record<string, { properties: object; additionalProperties?: boolean }>
    }
    expect(Object.keys(schemas.Approval?.properties ?? {})).toEqual(
      expect.arrayContaining(['id', 'status', 'digest', 'rule', 'next', 'decision', 'expires_at', 'url']),
    )
    expect(schemas.AskInput?.additionalProperties).toBe(false)
  })
})
