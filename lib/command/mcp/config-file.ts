import { isObject, type JsonObject } from '@/lib/client/json'
import type { Start } from './child'

/** A server that the proxy stands before: a process to start, or an address. */
export type Upstream = { start: Start } | { url: string; headers: Record<string, string> }

type Env = Record<string, string | undefined>

/** What opens Holdpoint is nothing that a server of tools gets to see. */
const ownVariables = new Set(['HOLDPOINT_KEY', 'HOLDPOINT_TOKEN'])

/** The environment of a server: ours without what opens Holdpoint, and what is given beside it. */
export function serverEnv(env: Env, given: Record<string, string> = {}): Record<string, string> {
  const ours = Object.entries(env).filter(
    (pair): pair is [string, string] => pair[1] !== undefined && !ownVariables.has(pair[0]),
  )
  return { ...Object.fromEntries(ours), ...given }
}

/**
 * The servers of a file of the usual shape: `{"mcpServers": {NAME: {command, args, env} or {url, headers}}}`, or the
 * same as `servers`. `${NAME}` and `${NAME:-else}` stand for variables of the environment.
 * @throws Error that says what is wrong where
 */
export function readServers(text: string, env: Env, cwd: string): Map<string, Upstream> {
  const file = parsed(text)
  const servers = file.mcpServers ?? file.servers
  if (!isObject(servers) || Object.keys(servers).length === 0) {
    throw new Error(
      'The file has no mcpServers: {"mcpServers": {"files": {"command": "npx", "args": ["…"]}}}',
    )
  }
  const found = new Map<string, Upstream>()
  for (const [name, server] of Object.entries(servers)) {
    if (!/^[A-Za-z0-9_.-]{1,80}$/.test(name)) {
      throw new Error(
        `mcpServers: the name ${JSON.stringify(name)} has more than letters, digits, _, - and .`,
      )
    }
    if (!isObject(server)) throw new Error(`mcpServers.${name} is no object.`)
    found.set(name, upstreamOf(name, server, env, cwd))
  }
  return found
}

/** A server at an address, with headers as `NAME: VALUE`. @throws Error that says what is wrong */
export function addressed(url: string, headers: string[], env: Env): Upstream {
  const pairs = headers.map((header) => {
    const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+):\s*(.+)$/.exec(header) ?? []
    if (name === undefined) throw new Error('--header is NAME: VALUE.')
    return [name, value]
  })
  return upstreamOf('upstream', { url, headers: Object.fromEntries(pairs) as JsonObject }, env, '')
}

function parsed(text: string): JsonObject {
  let file: unknown
  try {
    file = JSON.parse(text)
  } catch (error) {
    throw new Error(`The file is no JSON: ${(error as Error).message}`, { cause: error })
  }
  if (!isObject(file)) throw new Error('The file is no object.')
  return file
}

function upstreamOf(name: string, server: JsonObject, env: Env, cwd: string): Upstream {
  const at = `mcpServers.${name}`
  const text = (value: unknown, where: string) => {
    if (typeof value !== 'string') throw new Error(`${where} is no text.`)
    return expanded(value, where, env)
  }
  const texts = (value: unknown, where: string): Record<string, string> => {
    if (value === undefined) return {}
    if (!isObject(value)) throw new Error(`${where} is no object.`)
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, text(one, `${where}.${key}`)]))
  }
  if (server.url !== undefined) {
    const url = text(server.url, `${at}.url`)
    if (!/^https?:/.test(url) || !URL.canParse(url)) throw new Error(`${at}.url is no http address: ${url}`)
    if (server.type === 'sse')
      throw new Error(`${at}: the transport sse is of the past; use the server's http.`)
    return { url, headers: texts(server.headers, `${at}.headers`) }
  }
  if (server.command === undefined) throw new Error(`${at} has neither a command nor a url.`)
  const { args = [] } = server
  if (!Array.isArray(args)) throw new Error(`${at}.args is no list.`)
  const start = {
    command: text(server.command, `${at}.command`),
    args: args.map((one, index) => text(one, `${at}.args[${index}]`)),
    env: serverEnv(env, texts(server.env, `${at}.env`)),
    cwd: server.cwd === undefined ? cwd : text(server.cwd, `${at}.cwd`),
  }
  return { start }
}

function expanded(text: string, where: string, env: Env): string {
  return text.replace(
    /\$\{(?:env:)?(\w+)(?::-([^}]*))?\}/g,
    (_, name: string, otherwise: string | undefined) => {
      const value = env[name] ?? otherwise
      if (value === undefined) throw new Error(`${where}: the variable ${name} is not set.`)
      return value
    },
  )
}
