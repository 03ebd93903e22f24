import { beforeAll, expect, it } from 'vitest'
import { api } from '@/lib/http/api'
import { openApiDocument } from '@/lib/http/openapi'
import { installApart } from '@/examples/install-apart.mjs'
import { lintersIn } from './lint'

let linters: ReturnType<typeof lintersIn>
beforeAll(() => {
  linters = lintersIn(installApart('openapi', 'the linters of OpenAPI'))
}, 300_000)

/** Faultless but for what `operation` lacks. */
const controlWith = (operation: object) => ({
  openapi: '3.1.0',
  info: {
    title: 'Control',
    version: '1',
    description: 'One call.',
    contact: { name: 'Nobody', url: 'https://hold.example' },
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  servers: [{ url: 'https://hold.example' }],
  tags: [{ name: 'One', description: 'All there is.' }],
  paths: {
    '/one': {
      get: {
        tags: ['One'],
        summary: 'One',
        description: 'The only one.',
        security: [],
        responses: { 200: { description: 'Done.' }, 404: { description: 'None.' } },
        ...operation,
      },
    },
  },
})

it('gives the linters of the field nothing to warn about', async () => {
  const local = openApiDocument(api, 'http://localhost:3000')
  expect(linters.redocly(local)).toEqual([])
  expect(await linters.spectral(local)).toEqual([])
  const published = openApiDocument(api, 'https://hold.example')
  expect(linters.redocly(published)).toEqual([])
  expect(await linters.spectral(published)).toEqual([])
}, 180_000)

it('would hear of an example that its schema does not allow', () => {
  const schema = { type: 'object', properties: { at: { type: 'string' } }, required: ['at'] }
  const withExample = (value: object) => {
    const content = { 'application/json': { schema, examples: { one: { value } } } }
    const responses = {
      200: { description: 'Done.', content },
      404: { description: 'None.' },
    }
    return controlWith({ operationId: 'getOne', responses })
  }
  expect(linters.redocly(withExample({ at: 'noon' }))).toEqual([])
  expect(linters.redocly(withExample({ at: 12 }))).toEqual([
    expect.objectContaining({ rule: 'no-invalid-media-type-examples' }),
  ])
})

it('would hear of a call without a name', async () => {
  const [whole, nameless] = [controlWith({ operationId: 'getOne' }), controlWith({})]
  expect([...linters.redocly(whole), ...(await linters.spectral(whole))]).toEqual([])
  const warned = { severity: 'warn', at: expect.stringMatching(/paths.*one.*get/) as string }
  expect(linters.redocly(nameless)).toEqual([
    expect.objectContaining({ ...warned, rule: 'operation-operationId' }),
  ])
  expect(await linters.spectral(nameless)).toEqual([
    expect.objectContaining({ ...warned, rule: 'operation-operationId' }),
  ])
}, 180_000)
