import { readdirSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Handler } from '@/lib/http/route'
import { openApiDocument } from './document'
import { operations } from './operations'

const document = openApiDocument('http://localhost:3000')
const base = path.join(process.cwd(), 'app/api')

describe('the OpenAPI document', () => {
  it('is made once in a process, for each address of it', () => {
    expect(openApiDocument('http://localhost:3000')).toBe(openApiDocument('http://localhost:3000'))
    expect(openApiDocument('https://hold.example').servers).toEqual([{ url: 'https://hold.example' }])
  })

  it('names every method of every route, and nothing else', async () => {
    const served: string[] = []
    for (const file of readdirSync(base, { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('route.ts') || file.includes('[...')) continue
      const routes = (await import(path.join(base, file))) as Record<string, Handler>
      const address = `/${path.dirname(file)}`.replace(/\[(\w+)\]/g, '{$1}')
      for (const [method, handler] of Object.entries(routes)) {
        if (!handler.isRefusal) served.push(`${method.toLowerCase()} ${address}`)
      }
    }
    expect(operations.map(({ method, path: address }) => `${method} ${address}`).sort()).toEqual(
      served.sort(),
    )
  })

  it('refers only to schemas that it holds', () => {
    const { schemas } = document.components as { schemas: Record<string, unknown> }
    const wanted = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref]) => ref ?? '')
    expect(wanted.length).toBeGreaterThan(40)
    for (const ref of new Set(wanted)) {
      expect(ref).toMatch(/^#\/components\/schemas\/\w+$/)
      expect(schemas).toHaveProperty(ref.replace('#/components/schemas/', ''))
    }
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
