import type { Addresses, Call } from './addresses'
import { BodyMaker } from './body'
import { Chance } from './chance'
import { addressPart, brokenBody, encoded, hostileTexts, hostileYaml } from './hostile'
import type { World } from './world'

/** One request, exactly as it goes over the wire. */
export type Input = {
  index: number
  method: string
  path: string
  /** Without the `?`; empty where there is none. */
  query: string
  credential: string
  headers: [string, string][]
  body: Buffer | undefined
  /** The caller hangs up after so long, whatever was answered. */
  hangsUpAfterMs?: number
}

/** What to ask for: `pages` only where the server has them. */
export type Scope = { hasPages: boolean }

/** The input of this number: the same seed and number over a like world, the same input. */
export function makeInput(
  index: number,
  seed: number,
  addresses: Addresses,
  world: World,
  scope: Scope,
): Input {
  const chance = new Chance(Math.imul(seed, 0x9e3779b1) + index)
  // a few draws apart, neighbours among seeds are strangers
  for (let i = 0; i < 3; i++) chance.below(2)
  const maker = new InputMaker(index, chance, addresses, world)
  if (!scope.hasPages || chance.below(10) < 6) return maker.call()
  return chance.oneIn(3) && addresses.actions.length > 0 ? maker.action() : maker.page()
}

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY']
const contentTypes = [
  'application/json; charset=utf-16',
  'application/json;charset="utf-8"',
  'text/plain',
  'text/json',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/problem+json',
  'application/yaml',
  'APPLICATION/JSON',
  'application/json, text/html',
  ';',
  '\u00ff',
] as const
const oddHeaders: [string, string][] = [
  ['Accept', 'text/html'],
  ['Accept-Encoding', 'gzip, br'],
  ['Content-Encoding', 'gzip'],
  ['Content-Encoding', 'identity'],
  ['Prefer', 'wait=1'],
  ['Prefer', 'wait=-1'],
  ['Prefer', 'wait=0.5; foo="bar", respond-async'],
  ['Prefer', 'wait=NaN, wait=2'],
  ['Last-Event-ID', '99999999999999999999'],
  ['Last-Event-ID', '-1'],
  ['If-None-Match', '*'],
  ['Range', 'bytes=0-1'],
  ['X-Forwarded-For', '127.0.0.1, \u00ff'],
  ['X-Forwarded-Host', 'evil.example'],
  ['X-HTTP-Method-Override', 'DELETE'],
  ['Next-Router-State-Tree', '%5B%22%22'],
  ['Next-Router-State-Tree', '[]'],
  ['RSC', '1'],
  ['Next-Url', '/\u00ff'],
  ['Origin', 'https://evil.example'],
  ['Origin', 'null'],
  ['Origin', ':::'],
  ['Upgrade', 'h2c'],
  ['Cookie', 'next-auth.session-token=%; a=b'],
  ['Cookie', 'next-auth.session-token=%00'],
  ['Cookie', '__Secure-next-auth.session-token=x; next-auth.callback-url=%'],
  ['Authorization', 'Bearer hpa_\u00ff'],
  ['Authorization', 'Bearer'],
  ['Expect', '100-continue'],
  ['Host', 'evil.example'],
  ['X-Long', 'x'.repeat(12_000)],
]

class InputMaker {
  constructor(
    private readonly index: number,
    private readonly chance: Chance,
    private readonly addresses: Addresses,
    private readonly world: World,
  ) {}

  call(): Input {
    const call = this.chance.pick(this.addresses.calls)
    const method = this.chance.oneIn(12) ? this.chance.pick(methods) : call.method
    const { credentials, able } = this.world
    const credential = this.chance.pick(this.chance.oneIn(2) ? able : credentials)
    const body = method === 'GET' || method === 'HEAD' ? undefined : this.bodyOf(call)
    const input = this.input(method, this.fill(call.path, /\{(\w+)\}/g), this.queryOf(call), {
      ...credential,
      // a browser's own pages send it; a call without it is refused before anything else is looked at
      ...(credential.headers.Cookie !== undefined && method !== 'GET' ? { origin: true } : {}),
    })
    if (body) this.addBody(input, body, call)
    return this.disturb(input)
  }

  page(): Input {
    const page = this.chance.pick(this.addresses.pages)
    const path = this.fill(page, /\[(\w+)\]/g) || '/'
    const names = ['status', 'agent', 'tool', 'q', 'approval', 'cursor', 'action', 'actor', 'target', 'since',
      'until', 'version', 'form', 'error', 'return_to', 'callbackUrl', 'token', '_rsc'] // prettier-ignore
    const method = this.chance.oneIn(15) ? this.chance.pick(methods) : 'GET'
    return this.disturb(
      this.input(method, path, this.query(names), this.chance.pick([...this.world.sessions, nobody])),
    )
  }

  /** A call of a server action, as a browser sends it or as nobody would. */
  action(): Input {
    const page = this.fill(this.chance.pick(this.addresses.pages), /\[(\w+)\]/g) || '/'
    const input = this.input('POST', page, '', { ...this.chance.pick(this.world.sessions), origin: true })
    const id = this.chance.oneIn(8)
      ? this.chance.pick(hostileTexts)
      : this.chance.pick(this.addresses.actions).id
    input.headers.push(['Next-Action', encoded(id)], ['Accept', 'text/x-component'])
    const bodies = new BodyMaker(this.chance, this.addresses.schemas, this.world)
    const schema = this.chance.pick(
      this.addresses.calls.map((call) => call.body).filter((one) => typeof one === 'object'),
    )
    const given = bodies.text(schema ?? {})
    const slug = JSON.stringify(this.chance.pick(this.world.slugs))
    const broken = [
      '',
      '[',
      '[]',
      '["$"]',
      '["$F1"]',
      '["$Q0"]',
      '{"0":1}',
      '["$K1"]',
      'null',
      '["$1:__proto__"]',
    ]
    const text = this.chance.oneIn(4) ? this.chance.pick(broken) : `[${slug},${given}]`
    const isForm = this.chance.oneIn(4)
    input.headers.push([
      'Content-Type',
      isForm ? 'multipart/form-data; boundary=xx' : 'text/plain;charset=UTF-8',
    ])
    const part = (name: string, value: string) =>
      `--xx\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
    const form = `${part('1_email', this.chance.pick(hostileTexts))}${part('0', text)}--xx--\r\n`
    input.body = Buffer.from(isForm ? form : text)
    return this.disturb(input)
  }

  private input(method: string, path: string, query: string, shown: Shown & { origin?: boolean }): Input {
    const headers = Object.entries(shown.headers)
    if (shown.origin) headers.push(['Origin', ownOrigin])
    return { index: this.index, method, path, query, credential: shown.name, headers, body: undefined }
  }

  private fill(path: string, placeholder: RegExp): string {
    return path.replace(placeholder, (_, name: string) => {
      if (name === 'project' && !this.chance.oneIn(8)) return this.chance.pick(this.world.slugs)
      const known = this.world.texts.get(name) ?? this.world.texts.get('id') ?? []
      const kind = this.chance.below(10)
      if (kind < 6) return encoded(this.chance.pick(known))
      return addressPart(this.chance, this.chance.pick(kind < 8 ? hostileTexts : known)) || '%20'
    })
  }

  private queryOf(call: Call): string {
    return this.query([...call.query, 'project', 'fields'])
  }

  private query(names: string[]): string {
    if (this.chance.oneIn(3)) return ''
    const given = Array.from({ length: this.chance.below(4) }, () => {
      const name = this.chance.oneIn(12) ? this.chance.pick(hostileTexts) : this.chance.pick(names)
      const known = this.world.texts.get(name)
      const isKnown = known !== undefined && known.length > 0 && !this.chance.oneIn(3)
      const value = this.chance.pick(isKnown ? known : hostileTexts)
      return `${encoded(name)}${this.chance.oneIn(15) ? '' : '='}${addressPart(this.chance, value)}`
    })
    return given.join(this.chance.oneIn(15) ? '&&' : '&')
  }

  private bodyOf(call: Call): Buffer | undefined {
    if (this.chance.oneIn(12)) return brokenBody(this.chance)
    if (call.body === undefined) return this.chance.oneIn(6) ? Buffer.from('{}') : undefined
    if (call.body === 'text') return Buffer.from(this.chance.pick(hostileYaml))
    return Buffer.from(new BodyMaker(this.chance, this.addresses.schemas, this.world).text(call.body))
  }

  private addBody(input: Input, body: Buffer, call: Call): void {
    input.body = body
    const usual = call.body === 'text' ? 'application/yaml' : 'application/json'
    if (!this.chance.oneIn(15))
      input.headers.push(['Content-Type', this.chance.oneIn(10) ? this.chance.pick(contentTypes) : usual])
  }

  private disturb(input: Input): Input {
    if (this.chance.oneIn(5)) this.setHeader(input, this.chance.pick(oddHeaders))
    if (this.chance.oneIn(40))
      input.path = `http://${this.chance.pick(['localhost', 'evil.example', '[::1]'])}${input.path}`
    if (this.chance.oneIn(60))
      input.path = this.chance.pick(['*', '//', '/api', '/api/', '/%', '/api/%', '/API/approvals'])
    if (this.chance.oneIn(80))
      input.path += this.chance.pick(['/', '//', '/.', '/..', '%2f', ';', '\\', '\0', ' '])
    if (this.chance.oneIn(40)) input.hangsUpAfterMs = this.chance.below(30)
    return input
  }

  private setHeader(input: Input, [name, value]: [string, string]): void {
    input.headers = [
      ...input.headers.filter(([one]) => one.toLowerCase() !== name.toLowerCase()),
      [name, value],
    ]
  }
}

type Shown = World['credentials'][number]
const nobody: Shown = { name: 'nobody', headers: {} }

/** Stands for the server's own origin, which is known only when the request is sent. */
export const ownOrigin = '{own origin}'
