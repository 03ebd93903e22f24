import { isMap, isScalar, isSeq } from 'yaml'
import { readPeople } from './names'
import type { Escalate } from './policy'
import { pointerTo, type Report } from './report'
import { describe, listOf, offsetOf, wholeNumber, written, type Path, type Read } from './setting'
import type { EscalationStep } from './terms'

const mostSteps = 5
const mostSeconds = 604_800
const readTo = listOf('to', 20, readPeople)
const readSeconds = wholeNumber('after', 'whole seconds, or a percentage such as `50%`,', 1, mostSeconds)

/** `50%` of the time allowed, or whole seconds. */
const readAfter: Read<Escalate[number]['after']> = (node, path, at, report) => {
  const value = isScalar(node) ? node.value : null
  const percent = typeof value === 'string' ? /^([1-9]\d?)%$/.exec(value.trim())?.[1] : undefined
  if (percent !== undefined) return `${Number(percent)}%`
  if (typeof value !== 'string' || !value.includes('%')) return readSeconds(node, path, at, report)
  report.error(pointerTo(...path), at, `after is \`1%\` to \`99%\` of the time allowed, not ${written(node)}`)
  return undefined
}

const readStep: Read<Escalate[number]> = (node, path, at, report) => {
  const keys = isMap(node) ? node.items.map(({ key }) => (isScalar(key) ? String(key.value) : '')) : []
  if (!isMap(node) || keys.length !== 2 || !keys.includes('after') || !keys.includes('to')) {
    const found = isMap(node)
      ? `one with ${keys.map((key) => `\`${key.slice(0, 40)}\``).join(', ')}`
      : describe(node)
    report.error(pointerTo(...path), at, `an escalation is a mapping of \`after\` and \`to\`, not ${found}`)
    return undefined
  }
  const [afterNode, toNode] = [node.get('after', true), node.get('to', true)]
  const after = readAfter(afterNode, [...path, 'after'], offsetOf(afterNode, at), report)
  const to = readTo(toNode, [...path, 'to'], offsetOf(toNode, at), report)
  return after !== undefined && to ? { after, to } : undefined
}

/** Who is asked too when time goes by: at most five steps. Their order is judged once the time allowed is known. */
export const readEscalate: Read<Escalate> = (node, path, at, report) => {
  if (!isSeq(node) || node.items.length === 0 || node.items.length > mostSteps) {
    const found = isSeq(node) ? `${node.items.length}` : describe(node)
    report.error(pointerTo(...path), at, `escalate is a list of 1 to ${mostSteps} steps, not ${found}`)
    return undefined
  }
  const steps = node.items.map((item, index) => readStep(item, [...path, index], offsetOf(item, at), report))
  return steps.every((step) => step !== undefined) ? steps : undefined
}

/** The steps with `after` in seconds of a time allowed. */
export function stepsIn(escalate: Escalate, timeoutSeconds: number): EscalationStep[] {
  return escalate.map(({ after, to }) => ({
    after:
      typeof after === 'number'
        ? after
        : Math.max(1, Math.floor((timeoutSeconds * parseInt(after, 10)) / 100)),
    to,
  }))
}

/** Refuses steps that do not follow each other, and warns of those whose time never comes. */
export function checkSteps(
  escalate: Escalate,
  timeoutSeconds: number,
  path: Path,
  at: number,
  report: Report,
): void {
  const times = stepsIn(escalate, timeoutSeconds).map(({ after }) => after)
  if (times.some((time, index) => time <= (times[index - 1] ?? 0))) {
    report.error(
      pointerTo(...path),
      at,
      `each escalation comes later than the one before, not after ${times.join(', ')} s`,
    )
  } else if (times.some((time) => time >= timeoutSeconds)) {
    const message = `the time allowed is ${timeoutSeconds} s, so an escalation after ${times.at(-1)} s comes too late`
    report.warn('escalation_too_late', at, message)
  }
}
