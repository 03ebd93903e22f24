import { readMeaning } from '@/lib/docs/meaning'
import { AppError, statusOfCode, type ErrorCode } from '@/lib/errors'
import answers from './examples/answers.json' with { type: 'json' }
import type { Example } from './examples/example'
import { story } from './examples/story'
import { toProblem } from './problem'

type Named = Record<string, { summary: string; value: unknown }>

/** What was answered to the examples of the story, by call and name; a test keeps it as a real server answers. */
const answered: Record<string, Record<string, unknown> | undefined> = answers

/** The address of the server that answered. */
const storyUrl = 'http://localhost:3000'

/** The examples of a call's body. */
export function requestExamples(call: string, appUrl: string): Named {
  return named(
    story.filter((one) => one.call === call && one.status < 400 && one.body !== undefined),
    ({ body }) => body,
    appUrl,
  )
}

/** The examples of a call's answer with this status, of the call's other type where one is named. */
export function answerExamples(call: string, status: number, appUrl: string, media?: string): Named {
  const told = story.filter((one) => one.call === call && one.status === status && one.media === media)
  return named(told, (one) => answered[call]?.[one.name], appUrl)
}

/** What a webhook was sent of an event. */
export function noticeExample(event: string, appUrl: string): unknown {
  const sent = answered.webhooks?.[event]
  return sent === undefined ? undefined : at(appUrl, sent)
}

/** What stands for a part of a call's address in its first example. */
export function pathExample(call: string, name: string): string | undefined {
  return story.find((one) => one.call === call && one.status < 400)?.path?.[name]
}

/** A problem of this code: as the story met it, else in the words of its page. */
export function problemExample(code: ErrorCode, appUrl: string): Named[string] {
  const meaning = readMeaning(code)
  const met = story.find((one) => one.name === code && one.status === statusOfCode[code])
  const value = (met && answered[met.call]?.[code]) ?? {
    ...toProblem(
      new AppError(code, meaning, extraOf(code)),
      '2b1a3c58-6f0e-4a52-9d4f-0c6f5d3e7a10',
      storyUrl,
    ),
  }
  return { summary: meaning, value: at(appUrl, value) }
}

/** The approval of a problem that the story did not meet, as such a problem has it. */
function extraOf(code: ErrorCode): { members: Record<string, unknown> } | undefined {
  if (code !== 'grant_expired') return undefined
  const claim = answered['POST /approvals/{id}/claim']
  const { approval } = (claim?.already_claimed ?? {}) as { approval?: object }
  const message = 'The approval was not used in time. Ask again with a new tool_call_id.'
  return { members: { approval: { ...approval, claimed_at: null, next: { action: 'ask_again', message } } } }
}

function named(examples: Example[], valueOf: (example: Example) => unknown, appUrl: string): Named {
  const values = examples.map((one) => [one.name, { summary: one.summary, value: valueOf(one) }] as const)
  return Object.fromEntries(
    values.filter(([, { value }]) => value !== undefined).map(([name, one]) => [name, at(appUrl, one)]),
  )
}

/** The same of this server. */
function at<T>(appUrl: string, value: T): T {
  return JSON.parse(JSON.stringify(value).replaceAll(storyUrl, appUrl)) as T
}
