import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { isMap, isScalar, isSeq, type Document, type YAMLMap, type YAMLSeq } from 'yaml'
import { agentNamePattern } from '@/lib/ids'
import { likelyKey } from '@/lib/policy/likely'
import { maxPolicyBytes, parsePolicy } from '@/lib/policy/parse'
import { Report, type PolicyError } from '@/lib/policy/report'
import { readYaml, textPairs } from '@/lib/policy/yaml'
import { wrongly } from './exit'
import { oneLine } from './printer'

const defaultsName = '_defaults.yaml'
const casesEnding = /\.cases\.ya?ml$/
const yamlEnding = /\.ya?ml$/

/** An agent's file with the defaults of its folders laid under it. */
export type AgentFile = {
  /** As it is told of: relative to where the command runs. */
  path: string
  name: string
  /** What is deployed: the file as it is, or with the defaults merged in. */
  config: string
  /** The files that gave defaults, the nearest first. */
  defaults: string[]
  /** Its member `cases`, if it has one, as the file says it. */
  cases: unknown
}

/** Something wrong with one file. */
export type FileProblem = { path: string; errors: PolicyError[] }

export type FoundFiles = {
  agents: AgentFile[]
  problems: FileProblem[]
  /** YAML files that are no agents' files, or are not read; and why. */
  skipped: { path: string; why: string }[]
  /** Files of test cases. */
  caseFiles: string[]
}

/**
 * The agents' files and the files of cases among these paths; folders are searched through, but for hidden ones and
 * node_modules.
 * @throws Failure for a path that is not there
 */
export function findFiles(paths: string[], cwd: string): FoundFiles {
  const found: FoundFiles = { agents: [], problems: [], skipped: [], caseFiles: [] }
  const shown = (file: string) => relative(cwd, file) || file
  for (const given of paths) {
    const path = resolve(cwd, given)
    if (!existsSync(path)) throw wrongly(`There is no ${oneLine(given)}.`)
    const stats = statSync(path)
    const isFolder = stats.isDirectory()
    if (!isFolder && !stats.isFile()) throw wrongly(`${oneLine(given)} is neither a file nor a folder.`)
    const leaveOut = (file: string, why: string) => found.skipped.push({ path: shown(file), why })
    for (const file of isFolder ? walk(path, leaveOut) : [path]) {
      if (basename(file) === defaultsName) continue
      if (casesEnding.test(file)) found.caseFiles.push(file)
      else readAgentFile(file, isFolder ? path : dirname(path), cwd, shown, found, !isFolder)
    }
  }
  found.caseFiles = [...new Set(found.caseFiles)]
  const seen = new Map<string, string>()
  for (const { name, path } of found.agents) {
    const other = seen.get(name)
    if (other !== undefined && other !== path)
      throw wrongly(
        `${oneLine(other)} and ${oneLine(path)} are both of the agent ${name}: rename one of them.`,
      )
    seen.set(name, path)
  }
  found.agents = found.agents.filter(
    ({ path }, at) => found.agents.findIndex((one) => one.path === path) === at,
  )
  return found
}

/** The YAML files below a folder, in the order of their names; what could be taken for one and is not read is told. */
function walk(folder: string, leaveOut: (path: string, why: string) => void): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.name.startsWith('.') || entry.name === 'node_modules') return []
    if (entry.isDirectory()) return walk(path, leaveOut)
    if (entry.isFile() && yamlEnding.test(entry.name)) return [path]
    // defaults are read where a link leads, too
    if (entry.name === defaultsName) return []
    const isNamedSo = /\.ya?ml$/i.test(entry.name)
    if (entry.isSymbolicLink()) {
      if (isNamedSo || statSync(path, { throwIfNoEntry: false })?.isDirectory()) leaveOut(path, 'is a link')
    } else if (isNamedSo)
      leaveOut(path, entry.isFile() ? 'does not end with .yaml in small letters' : 'is no regular file')
    return []
  })
}

function readAgentFile(
  file: string,
  top: string,
  cwd: string,
  shown: (file: string) => string,
  found: FoundFiles,
  isNamed: boolean,
): void {
  const path = shown(file)
  const own = readDocument(file)
  if ('errors' in own) {
    // a file that was only come across need not be an agent's
    if (isNamed || /^approval\s*:/m.test(own.text)) found.problems.push({ path, errors: own.errors })
    else found.skipped.push({ path, why: 'says nothing of approvals' })
    return
  }
  const layers = defaultsFor(file, top, cwd)
  for (const layer of layers) {
    const read = readDocument(layer)
    const errors = 'errors' in read ? read.errors : faultsOfDefaults(read)
    if ('errors' in read || errors.length > 0) {
      const problem = { path: shown(layer), errors }
      if (!found.problems.some((one) => one.path === problem.path)) found.problems.push(problem)
      return
    }
    layUnder(own.root, read.root, [])
  }
  const pairs = textPairs(own.root)
  if (!pairs.has('approval')) {
    found.skipped.push({ path, why: 'says nothing of approvals' })
    return
  }
  const said = pairs.get('name')?.value
  const name =
    isScalar(said) && said.value !== null ? String(said.value) : basename(file).replace(yamlEnding, '')
  if (!agentNamePattern.test(name)) {
    const detail = `${oneLine(name, 80)} is no name of an agent: give the file a name: of lower case letters, digits and inner hyphens.`
    found.problems.push({ path, errors: [{ pointer: '/name', detail, line: 1, column: 1 }] })
    return
  }
  const config = layers.length === 0 ? own.text : own.document.toString({ lineWidth: 0 })
  const member = textPairs(own.root).get('cases')?.value
  const cases =
    member === undefined || member === null ? undefined : (own.document.toJS() as { cases: unknown }).cases
  found.agents.push({ path, name, config, defaults: layers.map(shown), cases })
}

/**
 * What is wrong with defaults by themselves: merged under a file that says the same otherwise, it would be gone without a
 * word. That they list no tools is not wrong, and neither is that they say nothing of approvals.
 */
function faultsOfDefaults({ text, root }: ReadDocument): PolicyError[] {
  const approval = textPairs(root).get('approval')
  const parsed = parsePolicy(text)
  if (!parsed.ok)
    return parsed.errors.filter(({ pointer }) => pointer !== '/approval' || !isMap(approval?.value))
  const isMisspelt = [...textPairs(root).keys()].some((key) => likelyKey(key, ['approval']) !== undefined)
  return approval === undefined && isMisspelt
    ? parsed.warnings.map(({ message, line, column }) => ({ pointer: '', detail: message, line, column }))
    : []
}

type ReadDocument = { text: string; document: Document.Parsed; root: YAMLMap }

function readDocument(file: string): ReadDocument | { text: string; errors: PolicyError[] } {
  const isFile = statSync(file).isFile()
  // to read a pipe would be to wait for whoever writes it
  const bytes = isFile ? readFileSync(file) : Buffer.alloc(0)
  const text = bytes.toString('utf8')
  const refuse = (detail: string) => ({ text, errors: [{ pointer: '', detail, line: 1, column: 1 }] })
  if (!isFile) return refuse('this is no regular file')
  if (bytes.length > maxPolicyBytes) return refuse(`a file has at most ${maxPolicyBytes} bytes`)
  if (!Buffer.from(text).equals(bytes)) return refuse('this is no UTF-8')
  const report = new Report(text.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n'))
  const document = readYaml(report)
  if (!document) return { text, errors: report.errors }
  if (!isMap(document.contents)) return refuse('a file is a mapping, such as approval:')
  return { text, document, root: document.contents }
}

/**
 * The defaults that hold for a file, the nearest first: those of its folder and of the folders above it, up to the root of
 * its repository; where there is none, up to where the command runs or was pointed at. A file alone has the same as in its folder.
 */
function defaultsFor(file: string, top: string, cwd: string): string[] {
  const folders: string[] = []
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    folders.push(folder)
    if (folder === dirname(folder)) break
  }
  const isIn = (outer: string) => file.startsWith(outer.endsWith(sep) ? outer : outer + sep)
  const ends = [
    folders.find((folder) => existsSync(join(folder, '.git'))),
    ...[cwd, top].filter(isIn).sort((a, b) => a.length - b.length),
    dirname(file),
  ]
  const end = ends.find((one) => one !== undefined)!
  const within = folders.slice(0, folders.indexOf(end) + 1)
  return within.map((folder) => join(folder, defaultsName)).filter((path) => existsSync(path))
}

/** Adds what the deeper mapping does not say. Of `approval.tools` the lists are joined; who is deeper wins for a tool. */
function layUnder(deeper: YAMLMap, defaults: YAMLMap, path: string[]): void {
  const known = textPairs(deeper)
  for (const [key, pair] of textPairs(defaults)) {
    const existing = known.get(key)
    const here = [...path, key].join('.')
    // the name of a file is its own
    if (here === 'name' || here === 'cases') continue
    if (existing === undefined) deeper.items.push(pair.clone() as typeof pair)
    else if (isMap(existing.value) && isMap(pair.value)) layUnder(existing.value, pair.value, [...path, key])
    else if (here === 'approval.tools' && isSeq(existing.value) && isSeq(pair.value))
      joinTools(existing.value, pair.value)
  }
}

function joinTools(deeper: YAMLSeq, defaults: YAMLSeq): void {
  const named = new Set(deeper.items.map(toolOf))
  const kept = defaults.items.filter((item) => !named.has(toolOf(item)))
  deeper.items.unshift(...kept.map((item) => (item as { clone(): unknown }).clone()))
}

/** The tool that an entry is of, as it is written; undefined for what is no entry, which the policy's own reader refuses. */
function toolOf(item: unknown): string | undefined {
  const node = isMap(item) ? item.items[0]?.key : item
  return isScalar(node) ? String(node.value) : undefined
}
