import { drained } from '@/lib/process/drain'
import type { By, Example } from '@/lib/http/examples/example'
import { call, type Answer } from '../rest'
import type { Names } from './names'

export type Tokens = Record<By, (call: string) => string | undefined>

/** Sends an example to a server, in its world's names. What it left to be done is done before this resolves. */
export async function replay(url: string, example: Example, tokens: Tokens, names: Names): Promise<Answer> {
  const { path = {}, query, headers, body, by } = example
  const [method = '', template = ''] = example.call.split(' ')
  const address = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(path[name] ?? ''))
  const search = query ? `?${new URLSearchParams(query)}` : ''
  const token = tokens[by](example.call)
  const isYaml = template === '/agents/{name}'
  const options = {
    ...(token === undefined ? {} : { token }),
    ...(body === undefined
      ? {}
      : { body: names.toReal(typeof body === 'string' ? body : JSON.stringify(body)) }),
    headers: { ...(isYaml && body !== undefined ? { 'Content-Type': 'application/yaml' } : {}), ...headers },
  }
  const target = names.toReal(`/api${address}${search}`)
  const answer = template.endsWith('/stream')
    ? await hear(url + target, token ?? '', options.headers)
    : await call(url, method, target, options)
  // What is sent of an approval tells how it is by then.
  if (answer.status < 400) await drained()
  return answer
}

/** The first two events of a stream, which then is left. */
async function hear(url: string, token: string, headers: Record<string, string>): Promise<Answer> {
  const leave = new AbortController()
  const response = await fetch(url, {
    headers: { ...headers, Authorization: `Bearer ${token}` },
    signal: leave.signal,
  })
  let text = ''
  const decoder = new TextDecoder()
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true })
    if (text.split('event:').length > 3) break
  }
  leave.abort()
  const events = text
    .slice(text.search(/^(id|event):/m))
    .split('\n\n')
    .slice(0, 2)
  return { status: response.status, headers: response.headers, body: {}, text: `${events.join('\n\n')}\n\n` }
}
