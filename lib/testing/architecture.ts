import { posix } from 'node:path'

/** A file of the tree: its path from the root, with slashes, and its text. */
export type Source = { path: string; text: string }

type Import = { from: string; typeOnly: boolean; reExport: boolean }

/**
 * Which ring of DESIGN.md §1 a file belongs to. Tests and what only they use may import anything.
 * `client` is what agents install, `command` what people install, `examples` what runs beside us.
 */
export function ringOf(
  path: string,
): 'pure' | 'verbs' | 'edges' | 'client' | 'command' | 'examples' | 'exempt' {
  if (/\.(test|e2e)\.tsx?$/.test(path) || path.startsWith('lib/testing/')) return 'exempt'
  if (path.startsWith('lib/client/')) return 'client'
  if (path.startsWith('lib/command/')) return 'command'
  // scripts for readers, which need nothing
  if (path.startsWith('docs/')) return 'pure'
  if (path.startsWith('examples/')) return 'examples'
  if (
    /^lib\/(policy|json|untrusted|hooks\/dialects)\/|^lib\/approvals\/(transition|steps)\.|^lib\/(errors|ids)\./.test(
      path,
    )
  )
    return 'pure'
  if (/^(app|components|lib\/(http|sign-in|process|cli))\/|^lib\/env\.|^[^/]+$/.test(path)) return 'edges'
  return 'verbs'
}

/** Every import, re-export, dynamic import and require of a file; what is inside comments at a line's start is not. */
export function importsOf(text: string): Import[] {
  const code = text.replace(/^\s*\/\*[\s\S]*?\*\//gm, '').replace(/^\s*\/\/.*$/gm, '')
  const found: Import[] = []
  const collect = (pattern: RegExp, read: (match: RegExpMatchArray) => Omit<Import, 'from'>) => {
    for (const match of code.matchAll(pattern)) found.push({ from: match.groups?.from ?? '', ...read(match) })
  }
  const isType = (match: RegExpMatchArray) => match.groups?.type !== undefined
  const plain = () => ({ typeOnly: false, reExport: false })
  collect(/^\s*import\s+(?<type>type\s)?[\w$*{},\s]+?\s*from\s*['"](?<from>[^'"]+)['"]/gm, (match) => ({
    typeOnly: isType(match),
    reExport: false,
  }))
  collect(
    /^\s*export\s+(?<type>type\s+)?(?:\*(?:\s+as\s+\w+)?|\{[^}]*\})\s*from\s*['"](?<from>[^'"]+)['"]/gm,
    (match) => ({
      typeOnly: isType(match),
      reExport: true,
    }),
  )
  collect(/^\s*import\s*['"](?<from>[^'"]+)['"]/gm, plain)
  collect(/\b(?:import|require)\s*\(\s*['"](?<from>[^'"]+)['"]/g, plain)
  return found
}

/** Everything in these files that crosses DESIGN.md or STYLE.md, as `path: what is wrong`. */
export function findCrossings(sources: Source[]): string[] {
  return sources.flatMap((source) => {
    const imports = importsOf(source.text).map((found) => ({
      ...found,
      to: resolve(source.path, found.from),
    }))
    const wrongs = [
      ...crossedImports(source, imports),
      ...readOutside(source),
      ...badNames(source.path),
      ...barrels(source, imports),
      ...openActions(source),
    ]
    return [...new Set(wrongs)].map((wrong) => `${source.path}: ${wrong}`)
  })
}

type Resolved = Import & { to: { ours: string } | { package: string } }

/** `@/lib/x` and `./x`, imported by a file of the tree, as a path without its ending; undefined for a package. */
export function oursOf(path: string, from: string): string | undefined {
  const bare = from.replace(/\.(ts|tsx|mjs|js)$/, '')
  if (bare.startsWith('@/words/')) return bare.replace('@/words', 'components/words/en')
  if (bare.startsWith('@/')) return bare.slice(2)
  return bare.startsWith('.') ? posix.join(posix.dirname(path), bare) : undefined
}

function resolve(path: string, from: string): { ours: string } | { package: string } {
  const ours = oursOf(path, from)
  if (ours !== undefined) return { ours }
  const parts = from.split('/')
  return { package: from.startsWith('node:') ? from : parts.slice(0, from.startsWith('@') ? 2 : 1).join('/') }
}

/** Small, without side effects, and needed by rules: anything else keeps out of the pure ring. */
const purePackages = new Set(['zod', 'yaml', 'node:crypto', '@cfworker/json-schema'])
const sqlPackages = new Set(['drizzle-orm', 'postgres', 'drizzle-kit', 'pg'])
/** Mails are templates of React, rendered to text by the verbs that send them; no page is made of them. */
const mailFiles = /^lib\/notices\/.*\.tsx$/

/** The adapter that needs its framework beside it; the others are typed by structure. */
const clientPackages: Record<string, string[]> = {
  'lib/client/adapters/langchain.ts': ['langchain', '@langchain/langgraph'],
}

/** `npm test` itself. */
const testRunner = 'lib/cli/test.ts'

/** What the bench measures the server against runs beside it, as the examples do. */
const agentsUnderBench = 'lib/cli/bench/agents-sdk.ts'

/** The MCP server, which the command serves over REST, and the server by its own table. */
const mcpTools = /^lib\/mcp\//

function crossedImports({ path }: Source, imports: Resolved[]): string[] {
  const ring = ringOf(path)
  if (ring === 'exempt') return []
  return imports.flatMap(({ to, from }) => {
    const target = 'ours' in to ? ringOf(`${to.ours}.ts`) : undefined
    const bad = (why: string) => [`imports ${from}: ${why}`]
    if (target === 'exempt' && path !== testRunner) return bad('test code is for tests')
    if (ring === 'pure' && 'ours' in to && target !== 'pure') return bad('the pure ring imports only itself')
    if (ring === 'pure' && 'package' in to && !purePackages.has(to.package))
      return bad('not a package for the pure ring')
    if (ring === 'verbs' && target === 'edges') return bad('verbs know no edge')
    if (ring === 'verbs' && 'package' in to && isPageLibrary(path, to.package))
      return bad('verbs know no page')
    if ((ring === 'verbs' || ring === 'edges') && isOutside(target) && path !== agentsUnderBench)
      return bad('the server knows no agent')
    const isTool = 'ours' in to && mcpTools.test(to.ours)
    if (ring === 'command' && (target === 'verbs' || target === 'edges' || target === 'examples') && !isTool)
      return bad('the command is installed without the server')
    if (mcpTools.test(path) && 'ours' in to && target !== 'pure' && !isTool)
      return bad('the command serves these tools, too')
    if (ring === 'client' && 'ours' in to && target !== 'client') return bad('agents install nothing of ours')
    if (ring === 'client' && 'package' in to && !clientPackages[path]?.includes(to.package))
      return bad('the client depends on nothing and runs everywhere')
    if (ring === 'examples' && 'ours' in to && target !== 'examples' && target !== 'client')
      return bad('examples know the API alone')
    if (ring === 'edges' && 'package' in to && sqlPackages.has(to.package) && !edgesWithSql.test(path))
      return bad('edges hold no SQL; write a query or a verb')
    const isSdk = /^@opentelemetry\/(?!api$)/.test('package' in to ? to.package : '')
    if (isSdk && path !== 'lib/process/tracing.ts') return bad('of OpenTelemetry we know the API alone')
    return 'ours' in to ? crossedRooms(path, to.ours).flatMap(bad) : []
  })
}

/** What runs without the server. */
const isOutside = (ring: string | undefined) => ring === 'client' || ring === 'command' || ring === 'examples'

/** next-auth's adapter reads its tables; an operator's command and the bench ask the database itself. */
const edgesWithSql = /^lib\/(sign-in\/auth|cli\/(admin-commands|pooling-check|bench\/.*))\.ts$/

/**
 * Pages and routes that still read `db`. Take a file out when what it asks has become a read in `lib`; add none.
 */
const stillReadsDb = new Set(['app/[project]/layout.tsx', 'app/dev/mail/page.tsx', 'app/page.tsx'])

/** What a room may know of the others, beyond the rings. */
function crossedRooms(path: string, to: string): string[] {
  const isPage = /^(app|components)\//.test(path)
  const wrongs: string[] = []
  if (isPage && to.startsWith('db/') && !stillReadsDb.has(path))
    wrongs.push('outside lib and db nobody knows db; write a read or a verb')
  if (/^app\/.*\/actions\.ts$/.test(path) && to.startsWith('components/'))
    wrongs.push('an action knows no component')
  if (path.startsWith('components/')) {
    if (/^lib\/process\//.test(to)) wrongs.push('components know no server')
    if (to.startsWith('app/')) wrongs.push('components know no page; it hands them its actions')
  }
  // the bench calls handlers to see what they ask the database
  const isBelow = /^(lib|db)\//.test(path) && !path.startsWith('lib/cli/bench/')
  if (isBelow && /^(app|components)\//.test(to)) wrongs.push('nothing below knows a page')
  if (to.startsWith('lib/cli/') && !path.startsWith('lib/cli/')) wrongs.push('nobody knows the command line')
  if (to.startsWith('lib/embedded/') && !/^lib\/(cli|embedded)\//.test(path))
    wrongs.push('the embedded PostgreSQL is for the commands that start it')
  return wrongs
}

function isPageLibrary(path: string, name: string): boolean {
  if (mailFiles.test(path) && name === 'react') return false
  // makes the text of a mail
  if (path === 'lib/notices/render-mail.tsx' && name === 'react-dom') return false
  return ['next', 'next-auth', 'react', 'react-dom', 'swr'].includes(name) || name.startsWith('@radix-ui/')
}

/** Starts another program, which needs the PATH; and looks at the age of files, whose clock is the machine's. */
const machineFiles = new Set(['lib/embedded/cluster/runner.ts', 'lib/embedded/cluster/clients.ts'])
/** Ids begin with their time of making, so that they sort; callers with a clock hand it in. */
const ownClock = new Set(['lib/ids.ts'])

/** Environment, clock and network, which only the edges read. */
function readOutside({ path, text }: Source): string[] {
  const ring = ringOf(path)
  if ((ring !== 'pure' && ring !== 'verbs') || machineFiles.has(path)) return []
  const code = text.replace(/^\s*\/\*[\s\S]*?\*\//gm, '').replace(/\/\/.*$/gm, '')
  const wrongs: string[] = []
  if (/\bprocess\.env\b/.test(code)) wrongs.push('reads the environment; take it as an argument')
  if (!ownClock.has(path) && /\bDate\.now\(|\bnew Date\(\)/.test(code)) {
    wrongs.push('reads the clock; use the database’s or ctx.now')
  }
  if (ring === 'pure' && /\bfetch\(|\bperformance\.now\(|\bMath\.random\(/.test(code))
    wrongs.push('is not pure')
  return wrongs
}

const bannedName = /^(utils?|helpers?|common|managers?|services?)$/

/** The sample agent's name on the product's page. */
const givenName = 'order-manager'

/** Words that say nothing, as a folder, a file or a part of a file's name. */
function badNames(path: string): string[] {
  const words = path
    .replaceAll(givenName, '')
    .split('/')
    .flatMap((part) => part.replace(/\.[a-z.0-9]+$/i, '').split('-'))
  return words
    .filter((word) => bannedName.test(word))
    .map((word) => `“${word}” says nothing: name it after what it holds`)
}

function barrels({ path, text }: Source, imports: Resolved[]): string[] {
  const reExports = imports.filter((found) => found.reExport)
  if (reExports.length === 0) return []
  const isIndex = /(^|\/)index\.(ts|tsx|mjs)$/.test(path)
  const statements =
    text
      .replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
      .match(/^(import|export|const|function|class|type)\b/gm) ?? []
  return isIndex || statements.length === reExports.length
    ? ['is a barrel: import from where things are']
    : []
}

/**
 * Server actions that people who are not signed in may call, each opened by what it takes: an address that gets
 * mail, a one-time token, the set-up code, an invitation. And one that asks for the session itself, for it is sent
 * from outside the projects.
 */
const openToEverybody = new Set([
  'app/sign-in/actions.ts requestLink',
  'app/sign-in/actions.ts confirmSignIn',
  'app/setup/actions.ts setUpHoldpoint',
  'app/invite/[token]/actions.ts acceptInvite',
  'app/device/actions.ts answerDevice',
])

/** Every export of a 'use server' file is public, so each must go through the wrapper that signs in and authorizes. */
function openActions({ path, text }: Source): string[] {
  if (ringOf(path) === 'exempt') return []
  if (!/^\s*(\/\*[\s\S]*?\*\/\s*|\/\/.*\n\s*)*['"]use server['"]/.test(text)) {
    return /^\s+['"]use server['"]/m.test(text)
      ? ['has a server action inside a function; give it a file of its own']
      : []
  }
  const wrappers = [...text.matchAll(/import\s*\{([^}]*)\}\s*from\s*['"]@\/lib\/sign-in\/action['"]/g)]
    .flatMap((match) => (match[1] ?? '').split(','))
    .map((name) => name.trim())
  const exports = [...text.matchAll(/^export\s+(?!type\b|interface\b)(.*)$/gm)].map((match) => match[1] ?? '')
  return exports.flatMap((line) => {
    const [, name = line, called = ''] =
      /^const\s+(\w+)\s*=\s*(\w+)\s*[(<]/.exec(line) ?? /^(?:async\s+)?function\s+(\w+)/.exec(line) ?? []
    if (wrappers.includes(called) || openToEverybody.has(`${path} ${name}`)) return []
    return [`exports ${name} to everybody: wrap it in memberAction`]
  })
}
