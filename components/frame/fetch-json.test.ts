import { afterEach, expect, it, vi } from 'vitest'
import { fetchJson } from './fetch-json'

const asked = vi.fn<(path: string, init: RequestInit) => Response>()
vi.stubGlobal('fetch', async (path: string, init: RequestInit) => asked(path, init))
afterEach(() => asked.mockReset())

const tagOf = () => new Headers(asked.mock.lastCall?.[1].headers).get('if-none-match')

it('shows the server the tag of what it has, and keeps that where nothing is new', async () => {
  asked.mockReturnValueOnce(new Response('{"at":1}', { headers: { ETag: '"a"' } }))
  const first = await fetchJson('/run')
  expect([first, tagOf()]).toEqual([{ at: 1 }, null])

  asked.mockReturnValueOnce(new Response(null, { status: 304, headers: { ETag: '"a"' } }))
  expect(await fetchJson('/run')).toBe(first)
  expect(tagOf()).toBe('"a"')

  asked.mockReturnValueOnce(new Response('{"at":2}', { headers: { ETag: '"b"' } }))
  expect(await fetchJson('/run')).toEqual({ at: 2 })
  asked.mockReturnValueOnce(new Response('{"of":"another"}'))
  expect(await fetchJson('/other')).toEqual({ of: 'another' })
  expect(tagOf()).toBeNull()
})
