import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { isMap, isSeq } from 'yaml'
import { isObject, snapshot, type JsonObject } from '@/lib/client/json'
import { agentNamePattern, toolNamePattern } from '@/lib/ids'
import { Report } from '@/lib/policy/report'
import { readYaml } from '@/lib/policy/yaml'
import { wrongly } from './exit'
import { oneLine } from './printer'

/** One call, and what the policy has to say of it. */
export type Case = {
  /** Where it stands: the file, and the how-manieth it is. */
  at: string
  name: string
  agent: string
  tool: string
  params: JsonObject
  context: JsonObject
  expect: 'ask' | 'run'
  /** The rule that has to ask: its tool as written, or its condition. */
  rule: string | undefined
  /** The time that conditions see; now where it is not given. */
  timestamp: string | undefined
}

const members = ['name', 'agent', 'tool', 'params', 'context', 'expect', 'rule', 'timestamp']

/**
 * The cases of a file that holds nothing else: a list, or `cases:` with an `agent:` for all of them.
 * @throws Failure where it says something else
 */
export function readCases(path: string, shown: string): Case[] {
  const report = new Report(
    readFileSync(path, 'utf8')
      .replace(/^\ufeff/, '')
      .replace(/\r\n?/g, '\n'),
  )
  const document = readYaml(report)
  const [error] = report.errors
  if (error) throw wrongly(`${oneLine(shown)}:${error.line}:${error.column}: ${oneLine(error.detail, 300)}`)
  const root = document?.contents
  const value: unknown = document?.toJS()
  if (isSeq(root)) return casesOf(value, undefined, shown)
  if (!isMap(root) || !isObject(value) || !('cases' in value))
    throw wrongly(`${oneLine(shown)} is neither a list of cases nor has it cases:.`)
  const agent = value.agent === undefined ? undefined : String(value.agent)
  return casesOf(value.cases, agent, shown)
}

/**
 * @param agent that of cases which name none
 * @throws Failure with the place of the first thing that is wrong
 */
export function casesOf(value: unknown, agent: string | undefined, shown: string): Case[] {
  if (!Array.isArray(value)) throw wrongly(`${oneLine(shown)}: cases is a list.`)
  return value.map((one: unknown, at) => caseOf(one, agent, `${shown} case ${at + 1}`))
}

function caseOf(one: unknown, ofFile: string | undefined, at: string): Case {
  const refuse = (what: string) => wrongly(`${oneLine(at)}: ${what}`)
  const exact = (member: string, value: unknown) => {
    if (!isObject(value)) throw refuse(`${member} is a mapping.`)
    try {
      return snapshot(value)
    } catch (error) {
      throw refuse(`${member}: ${oneLine((error as Error).message, 300)}`)
    }
  }
  if (!isObject(one)) throw refuse('a case is a mapping with tool and expect.')
  const odd = Object.keys(one).find((key) => !members.includes(key))
  if (odd !== undefined)
    throw refuse(`${oneLine(odd)} is no member of a case; these are: ${members.join(', ')}.`)
  const { agent = ofFile, tool, params = {}, context = {}, expect, rule, name, timestamp } = one
  if (typeof agent !== 'string' || !agentNamePattern.test(agent)) throw refuse('agent names an agent.')
  if (typeof tool !== 'string' || !toolNamePattern.test(tool))
    throw refuse('tool is a name of letters, digits and _.:/-')
  if (expect !== 'ask' && expect !== 'run') throw refuse('expect is ask or run.')
  if (rule !== undefined && typeof rule !== 'string')
    throw refuse('rule is text: a tool as the policy writes it, or its condition.')
  if (rule !== undefined && expect === 'run') throw refuse('rule says which rule asks; expect is ask then.')
  const moment = timestamp === undefined ? undefined : new Date(String(timestamp))
  if (moment && Number.isNaN(moment.getTime()))
    throw refuse('timestamp is a time such as 2026-11-30T09:00:00Z.')
  return {
    at,
    name:
      name === undefined
        ? `${tool} ${expect === 'ask' ? 'is held' : 'runs'} (${basename(at)})`
        : String(name),
    agent,
    tool,
    params: exact('params', params),
    context: exact('context', context),
    expect,
    rule,
    timestamp: moment?.toISOString(),
  }
}
