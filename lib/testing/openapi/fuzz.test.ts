import { afterAll, beforeAll, expect, it } from 'vitest'
import { api } from '@/lib/http/api'
import { openApiDocument } from '@/lib/http/openapi'
import { makeWorld, type World } from '../fuzz/world'
import { startRest, type Rest } from '../rest'
import { Described } from './described'
import { fuzzByDocument } from './fuzz'

const secrets = { cron: 'cron-secret-for-tests', metrics: 'metrics-token-for-tests' }
/** More, or others: `OPENAPI_FUZZ=20000:7` for so many of another seed. */
const [count = 300, seed = 4711] = (process.env.OPENAPI_FUZZ ?? '').split(':').filter(Boolean).map(Number)

let rest: Rest
beforeAll(async () => {
  rest = await startRest({ OUTBOUND_ALLOW: '127.0.0.0/8', METRICS_TOKEN: secrets.metrics })
})
afterAll(() => rest?.close())

type Wrong = {
  paths: Record<string, Record<string, { responses: Record<string, unknown> }>>
  components: { schemas: Record<string, { properties: Record<string, { enum?: string[] }> }> }
}

/** A world with enough of what is deleted by and by. */
async function makeFullWorld(): Promise<World> {
  const world = await makeWorld(rest.url, rest.db)
  const [agent, owner] = world.able.map(({ headers }) => headers.Authorization?.slice('Bearer '.length) ?? '')
  const idOf = async (path: string, body: object, token = owner) =>
    String((await rest.call('POST', path, { token, body })).body.id)
  const several = (path: string, body: object) =>
    Promise.all(Array.from({ length: 8 }, () => idOf(path, body)))
  const texts = new Map(world.texts)
  const hook = { format: 'standard', url: 'http://127.0.0.1:9/hook', enabled: false }
  texts.set('webhook', [...(texts.get('webhook') ?? []), ...(await several('/api/webhooks', hook))])
  texts.set('key', await several('/api/keys', { name: 'Spare' }))
  texts.set('step', [await idOf('/api/runs/order-1/steps', { kind: 'note', name: 'Note' }, agent)])
  return { ...world, texts }
}

it('takes what the document allows, refuses what it rules out, and answers as it says', async () => {
  const document = openApiDocument(api, 'http://localhost:3000')
  const world = await makeFullWorld()
  const target = { url: rest.url, described: new Described(document), world, secrets }
  expect(await fuzzByDocument(target, { count, seed })).toEqual([])
}, 600_000)

it('would see a document that says another thing', async () => {
  const wrong = structuredClone(openApiDocument(api, 'http://localhost:3000')) as unknown as Wrong
  const { schemas } = wrong.components
  schemas.FinishRunInput?.properties.status?.enum?.push('paused')
  Object.assign(schemas.MarkReadInput ?? {}, { required: ['ids'] })
  delete wrong.paths['/api/health/live']?.get?.responses['200']
  const world = await makeWorld(rest.url, rest.db)
  const target = { url: rest.url, described: new Described(wrong as never), world, secrets }
  const only = ['finishRun', 'markNoticesRead', 'getLiveness']
  const found = (await fuzzByDocument(target, { count: 300, seed: 4711, only })).join('\n')
  expect(found).toMatch(/PATCH .*: refused what is by the document/)
  expect(found).toMatch(/notices.read: took ids in the body against the document/)
  expect(found).toMatch(/health\/live: answered 200, which it does not say/)
}, 180_000)
