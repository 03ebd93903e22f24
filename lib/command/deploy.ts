import { structuredPatch } from 'diff'
import { Problem, type Issue } from '@/lib/client/errors'
import { isObject } from '@/lib/client/json'
import { writeJson } from '@/lib/json/write'
import { parsePolicy, policyToWire, type PolicyWarning } from '@/lib/policy/parse'
import type { PolicyOnWire } from '@/lib/policy/policy'
import { findFiles, type AgentFile, type FileProblem } from './agent-files'
import { command, type Call } from './command'
import { exit, wrongly } from './exit'
import { oneLine, type Printer } from './printer'
import { anyonesServer, type Server } from './server'

const options = {
  'dry-run': {
    type: 'boolean',
    short: 'n',
    about: 'Check everything against the server and deploy nothing.',
  },
  diff: { type: 'boolean', about: 'Show how each file differs from the version in force.' },
  prune: { type: 'boolean', about: 'Refused: no agent is ever undeployed.' },
  lenient: {
    type: 'boolean',
    about: 'Deploy in spite of warnings, as for files that were written for another product.',
  },
} as const

type Warning = Omit<PolicyWarning, 'code'> & { code: string }

/** What the server has of an agent. */
type Deployed = { name: string; version: number; config: string; policy: PolicyOnWire; warnings: Warning[] }

/** A file, and what is known of it before it is deployed. */
type Planned = { file: AgentFile; before: Deployed | undefined; warnings: Warning[] }

export const deploy = command({
  synopsis: ['deploy PATH… [--dry-run] [--diff] [--lenient]'],
  about: [
    'Puts agents’ files in force. A PATH is a file, or a folder whose files (*.yaml with approval:) are all deployed. All of them are checked by the server first; where one is refused, none is deployed. A warning refuses, too: what protects must not slip by a misspelt name; --lenient lets it pass.',
    '_defaults.yaml in a folder holds for the files in it and below: what a file does not say itself is taken from there, mapping by mapping. The lists approval.tools are joined; for a tool that several list, the deeper file wins. Folders are looked through up to the root of the repository, so that a file alone has the same policy as with its folder.',
    'The agent is the file’s name:, else the name of the file. Where somebody deployed an agent since this command looked, it stops with 4. Agents that have no file are left as they are, for none is ever undeployed.',
    'It needs the personal token of an admin, or an agent key with the scopes deploy and read.',
  ],
  options,
  exits: [
    [exit.done, 'All are in force, or with --dry-run could be.'],
    [exit.no, 'A file was refused; nothing was deployed.'],
    [exit.conflict, 'Somebody deployed in between; what was deployed by then is told.'],
  ],
  examples: [
    ['holdpoint deploy agents/ --dry-run --diff', 'What would change; for a pull request.'],
    ['holdpoint deploy agents/', 'The same for good.'],
  ],
  async run(call) {
    const { args, io, out, common, options: given } = call
    if (given.prune) {
      throw wrongly(
        'There is no --prune: an agent cannot be undeployed, since what it asked stays held and recorded under its policy; pause it, or deploy a file that holds "*".',
      )
    }
    if (args.length === 0) throw wrongly('Say what: holdpoint deploy FOLDER or FILE')
    const { agents, problems, skipped } = findFiles(args, io.cwd)
    for (const { path, why } of skipped) out.note(`${oneLine(path)} ${why}; it is left out.`)
    if (problems.length > 0) return refuse(call, problems)
    if (agents.length === 0) throw wrongly('There is no agent’s file among these.')
    const server = anyonesServer(call)
    const plans: Planned[] = []
    const refused: FileProblem[] = []
    for (const file of agents) {
      const plan = await look(server, file, given.lenient === true)
      if ('errors' in plan) refused.push(plan)
      else plans.push(plan)
    }
    if (refused.length > 0) return refuse(call, refused)
    const done: object[] = []
    for (const plan of plans) {
      const result = given['dry-run']
        ? undefined
        : await put(server, plan, given.lenient === true, done.length)
      const isChange = plan.before?.config !== plan.file.config
      done.push({
        agent: plan.file.name,
        file: plan.file.path,
        defaults: plan.file.defaults,
        change: isChange ? (plan.before ? 'changed' : 'new') : 'none',
        version: result?.version ?? plan.before?.version ?? null,
        deployed: result !== undefined,
        policy: result?.policy ?? understood(plan.file.config),
        warnings: result?.warnings ?? plan.warnings,
        ...(given.diff && { diff: patchOf(plan) }),
      })
      if (!common.json) tell(out, plan, result, given.diff === true)
    }
    if (common.json) out.json({ deployed: !given['dry-run'], agents: done })
    else if (given['dry-run']) out.note('Nothing was deployed.')
    return exit.done
  },
})

/** The version in force, and what the server says of the file. */
async function look(server: Server, file: AgentFile, isLenient: boolean): Promise<Planned | FileProblem> {
  const { name, path, config } = file
  const at = `/agents/${name}`
  const before = await server
    .get<Deployed>(at, (body) => isObject(body) && body.name === name && typeof body.config === 'string')
    .catch((error: unknown) => {
      if (error instanceof Problem && error.code === 'not_found') return undefined
      throw error
    })
  try {
    const { warnings = [] } = await server.send<{ warnings?: Warning[] }>(
      'POST',
      `${at}/check${strictly(isLenient)}`,
      {
        body: JSON.stringify({ tool: 'holdpoint', params: {}, config }),
        isRight: (body) => isObject(body) && typeof body.required === 'boolean',
      },
    )
    return { file, before, warnings }
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'invalid_policy') throw error
    return { path, errors: placed(error.errors.map(withPlace), file) }
  }
}

const strictly = (isLenient: boolean) => (isLenient ? '' : '?strict=true')

type Placed = FileProblem['errors']

function withPlace(issue: Issue & { line?: number; column?: number }): Placed[number] {
  return { ...issue, line: issue.line ?? 1, column: issue.column ?? 1 }
}

/** With defaults in it, the lines are not those of the file. */
function placed(errors: Placed, { defaults }: AgentFile): Placed {
  if (defaults.length === 0) return errors
  return errors.map((one) => ({ ...one, detail: `${one.detail} (with ${defaults.join(', ')})` }))
}

async function put(
  server: Server,
  { file, before }: Planned,
  isLenient: boolean,
  done: number,
): Promise<Deployed> {
  const { name, config } = file
  try {
    return await server.send<Deployed>('PUT', `/agents/${name}${strictly(isLenient)}`, {
      body: new TextEncoder().encode(config),
      headers: {
        'Content-Type': 'application/yaml',
        ...(before ? { 'If-Match': `"${before.version}"` } : { 'If-None-Match': '*' }),
      },
      isRight: (body) => isObject(body) && body.name === name && typeof body.version === 'number',
    })
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const message = `${name} was not deployed${done > 0 ? `, the ${done} before it were` : ''}: ${error.message}`
    throw new Problem(message, { ...error, cause: error })
  }
}

function refuse({ out, common }: Call<typeof options>, problems: FileProblem[]): number {
  if (common.json) out.json({ deployed: false, refused: problems })
  else for (const problem of problems) for (const line of problemLines(problem)) out.note(line)
  out.note('Nothing was deployed.')
  return exit.no
}

/** `path:line:column: what is wrong`, which editors and CI make links of. */
export function problemLines({ path, errors }: FileProblem): string[] {
  return errors.map(
    ({ line, column, detail }) => `${oneLine(path)}:${line}:${column}: ${oneLine(detail, 500)}`,
  )
}

function understood(config: string): PolicyOnWire | null {
  const parsed = parsePolicy(config)
  return parsed.ok ? policyToWire(parsed.policy) : null
}

function tell(out: Printer, plan: Planned, result: Deployed | undefined, isDiff: boolean): void {
  const { file, before } = plan
  const isChange = before?.config !== file.config
  const would = result ? '' : 'would be '
  const what = isChange ? (before ? `${would}changed` : `${would}new`) : 'as it was'
  const version = result ? `, version ${result.version}` : ''
  const from = file.defaults.length > 0 ? `, with ${file.defaults.map((one) => oneLine(one)).join(', ')}` : ''
  out.line(`${out.style('bold', file.name)} ${what}${version} (${oneLine(file.path)}${from})`)
  for (const line of policyLines(result?.policy ?? understood(file.config))) out.line(`  ${line}`)
  for (const { message } of result?.warnings ?? plan.warnings)
    out.line(out.style('yellow', `  ! ${oneLine(message, 500)}`))
  if (!isDiff) return
  for (const line of patchOf(plan).split('\n')) {
    const style = line.startsWith('+')
      ? 'green'
      : line.startsWith('-')
        ? 'red'
        : line.startsWith('@')
          ? 'cyan'
          : 'reset'
    if (line !== '') out.line(`  ${out.style(style, oneLine(line, Infinity))}`)
  }
}

/** A policy as it was understood, an entry a line. */
export function policyLines(policy: PolicyOnWire | null): string[] {
  if (!policy) return ['This program cannot read its policy; the server could.']
  if (policy.tools.length === 0) return ['holds nothing']
  return policy.tools.map((entry) => {
    const { tool, when, timeout, message: _, on_rejection: after, ...terms } = entry
    const condition = when === null ? 'always' : `where ${oneLine(when, 300)}`
    const then = after === 'fail' ? 'the run fails' : 'it goes on'
    const others = Object.entries(terms).map(([name, value]) => `; ${name} ${oneLine(writeJson(value), 300)}`)
    return `holds ${oneLine(tool)} ${condition}; ${timeout} s, then ${then} without it${others.join('')}`
  })
}

function patchOf({ file, before }: Planned): string {
  const patch = structuredPatch('in force', file.path, before?.config ?? '', file.config, '', '', {
    context: 3,
  })
  return patch.hunks
    .map(({ oldStart, oldLines, newStart, newLines, lines }) =>
      [`@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`, ...lines].join('\n'),
    )
    .join('\n')
}
