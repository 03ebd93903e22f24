import { writeFileSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { Problem } from '@/lib/client/errors'
import { isObject } from '@/lib/client/json'
import { writeJson } from '@/lib/json/write'
import { compilePolicy, firedRules, mergeContext, type CompiledPolicy, type Rule } from '@/lib/policy/gate'
import { parsePolicy } from '@/lib/policy/parse'
import { findFiles, type AgentFile } from './agent-files'
import { casesOf, readCases, type Case } from './cases'
import { command, type Call } from './command'
import { problemLines } from './deploy'
import { exit, wrongly } from './exit'
import { junitOf, type TestSuite } from './junit'
import { oneLine } from './printer'
import { personsServer, type Server } from './server'

const options = {
  server: {
    type: 'boolean',
    about: 'Judge the cases by the policies that are in force on the server, not by the files.',
  },
  junit: {
    type: 'string',
    value: 'FILE',
    about: 'Also write the results as JUnit XML, for CI; - for stdout.',
  },
  lenient: { type: 'boolean', about: 'Warnings about files fail nothing.' },
} as const

/** What a policy says of a call: the rules that ask, the one that the answer names first. None, and it runs. */
type Verdict = Rule[]

/** One check: a file as a whole, or a case. */
type Result = { suite: string; name: string; failure: string | null }

export const check = command({
  synopsis: ['check [PATH…] [--server] [--junit FILE] [--lenient]'],
  about: [
    'Tests policies without a server: reads the agents’ files among the paths (default: this folder) as the server would, with _defaults.yaml as deploy does, and judges the cases that it finds: in files named *.cases.yaml, and under cases: in an agent’s file.',
    'A case says what a policy must say of a call:',
    [
      '  agent: order-manager',
      '  cases:',
      '    - tool: order_tools.process_refund',
      '      params: { amount: 2400 }',
      '      expect: ask                    # or: run',
      '      rule: param.amount > 1000      # may be left out',
    ].join('\n'),
    'It may also have a name, an agent of its own, a context, and a timestamp, which is the time that conditions see.',
    'Conditions are evaluated by the same code that the server runs.',
  ],
  options,
  exits: [
    [exit.done, 'All files and cases are as they should be.'],
    [exit.no, 'A file is refused, or a case came out otherwise.'],
  ],
  examples: [
    ['holdpoint check agents/', 'Before a commit.'],
    ['holdpoint check agents/ --junit report.xml', 'In CI.'],
    ['holdpoint check agents/ --server', 'Whether what is in force says so, too.'],
  ],
  async run(call) {
    const { args, io, out, common, options: given } = call
    const files = findFiles(args.length === 0 ? ['.'] : args, io.cwd)
    const cases = [
      ...files.agents.flatMap((file) =>
        file.cases === undefined ? [] : casesOf(file.cases, file.name, file.path),
      ),
      ...files.caseFiles.flatMap((path) => readCases(path, relative(io.cwd, path) || path)),
    ]
    if (files.agents.length + files.problems.length + cases.length === 0)
      throw wrongly('There is neither an agent’s file nor a case here.')
    const results: Result[] = files.problems.map((problem) => ({
      suite: problem.path,
      name: 'is read',
      failure: problemLines(problem).join('\n'),
    }))
    const policies = new Map<string, CompiledPolicy>()
    for (const file of files.agents) results.push(readOne(file, policies, given.lenient === true))
    const judge = given.server ? byServer(personsServer(call)) : byFiles(policies)
    for (const one of cases) results.push(await judgeCase(one, judge))
    if (given.junit !== undefined) writeJunit(call, given.junit, results)
    const failed = results.filter(({ failure }) => failure !== null)
    if (common.json) out.json({ ok: failed.length === 0, checks: results })
    else if (given.junit !== '-') tell(call, results, failed.length)
    return failed.length === 0 ? exit.done : exit.no
  },
})

function readOne(
  { name, path, config, defaults }: AgentFile,
  policies: Map<string, CompiledPolicy>,
  isLenient: boolean,
): Result {
  const parsed = parsePolicy(config)
  const shown = defaults.length > 0 ? `${path} (with ${defaults.join(', ')})` : path
  if (parsed.ok) policies.set(name, compilePolicy(parsed.policy))
  const warnings = isLenient
    ? []
    : parsed.warnings.map(({ message, ...place }) => ({ pointer: '', detail: message, ...place }))
  const errors = [...(parsed.ok ? [] : parsed.errors), ...warnings]
  return {
    suite: path,
    name: 'is read',
    failure: errors.length === 0 ? null : problemLines({ path: shown, errors }).join('\n'),
  }
}

type Judge = (one: Case) => Promise<Verdict | string>

function byFiles(policies: Map<string, CompiledPolicy>): Judge {
  return (one) => {
    const policy = policies.get(one.agent)
    if (!policy) return Promise.resolve(`there is no readable file of the agent ${one.agent}`)
    const context = mergeContext({}, one.context, {
      run_id: 'run_of_a_check',
      agent_name: one.agent,
      timestamp: one.timestamp ?? new Date().toISOString(),
    })
    return Promise.resolve(firedRules(policy, { tool: one.tool, params: one.params, context }))
  }
}

function byServer(server: Server): Judge {
  return async (one) => {
    if (one.timestamp !== undefined)
      return 'the server has its own clock: a case with a timestamp is for the files'
    try {
      const { rule } = await server.send<{ rule: Rule | null }>('POST', `/agents/${one.agent}/check`, {
        body: writeJson({ tool: one.tool, params: one.params, context: one.context }),
        isRight: (body) => isObject(body) && body.required === (body.rule !== null),
      })
      return rule ? [rule] : []
    } catch (error) {
      if (error instanceof Problem && error.code === 'not_found')
        return `the server has no agent ${one.agent}`
      throw error
    }
  }
}

async function judgeCase(one: Case, judge: Judge): Promise<Result> {
  const { name, at, expect, rule } = one
  return { suite: at.replace(/ case \d+$/, ''), name, failure: wrong(await judge(one), expect, rule) }
}

/** What of a verdict is not as the case expects it. */
function wrong(verdict: Verdict | string, expect: Case['expect'], rule: string | undefined): string | null {
  if (typeof verdict === 'string') return verdict
  const [first] = verdict
  if (!first) return expect === 'run' ? null : 'it runs, and was expected to be held'
  const held = `held by ${ruleText(first)}${first.detail ? ` (${first.detail})` : ''}`
  if (expect === 'run') return `it is ${held}, and was expected to run`
  const isMeant = (one: Rule) => rule === undefined || [one.tool, one.condition, ruleText(one)].includes(rule)
  return verdict.some(isMeant) ? null : `it is ${held}, and was expected to be held by ${rule}`
}

function ruleText({ tool, condition }: Rule): string {
  return condition === null ? tool : `${tool}: ${condition}`
}

function writeJunit({ io, out }: Call, path: string, results: Result[]): void {
  const suites = new Map<string, TestSuite>()
  for (const { suite, name, failure } of results) {
    const one = suites.get(suite) ?? { name: suite, tests: [] }
    one.tests.push({ name, failure })
    suites.set(suite, one)
  }
  const xml = junitOf('holdpoint check', [...suites.values()])
  if (path === '-') out.line(xml.trimEnd())
  else writeFileSync(resolve(io.cwd, path), xml)
}

function tell({ out }: Call, results: Result[], failed: number): void {
  for (const { suite, name, failure } of results) {
    const sign = failure === null ? out.style('green', 'ok  ') : out.style('red', 'FAIL')
    out.line(`${sign} ${oneLine(suite)}: ${oneLine(name)}`)
    for (const line of failure?.split('\n') ?? []) out.line(`       ${oneLine(line, 1000)}`)
  }
  out.line(
    failed === 0 ? `All ${results.length} are as they should be.` : `${failed} of ${results.length} are not.`,
  )
}
