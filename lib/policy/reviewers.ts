import { isMap, isScalar, isSeq, type YAMLMap } from 'yaml'
import { likelyKey } from './likely'
import { isAddress, readPeople } from './names'
import type { Reviewers } from './policy'
import { pointerTo, type Report } from './report'
import { describe, listOf, offsetOf, wholeNumber, type Path, type Read } from './setting'
import type { Clause } from './terms'

const mostClauses = 5
const mostNames = 20
const mostSeats = 20

const readNames = listOf('from', mostNames, readPeople)
const readApprovals = wholeNumber('approvals', 'a whole number', 1, 10)
const readRejections = wholeNumber('rejections', 'a whole number', 1, 10)
const clauseKeys = ['from', 'approvals', 'rejections']

/** An unknown key is an error here: it was meant to protect. */
function refuseUnknown(map: YAMLMap, path: Path, known: readonly string[], report: Report): boolean {
  for (const { key } of map.items) {
    const name = isScalar(key) ? String(key.value) : ''
    if (known.includes(name)) continue
    const likely = likelyKey(name, known)
    const mend = likely ? `did you mean \`${likely}\`?` : `known are ${known.join(', ')}`
    report.error(
      pointerTo(...path, name),
      offsetOf(key),
      `\`${name.slice(0, 100)}\` is not a key of reviewers: ${mend}`,
    )
    return true
  }
  return false
}

/** A name, a list of names, or a mapping of `from`, `approvals` and `rejections`. */
const readClause: Read<Clause> = (node, path, at, report) => {
  if (!isMap(node)) {
    const from = readNames(node, path, at, report)
    return from && { from, approvals: 1, rejections: 1 }
  }
  if (refuseUnknown(node, path, clauseKeys, report)) return undefined
  const of = <T>(key: string, read: Read<T>, missing: T | undefined): T | undefined => {
    const pair = node.items.find((one) => isScalar(one.key) && one.key.value === key)
    return pair ? read(pair.value, [...path, key], offsetOf(pair.value, offsetOf(pair.key)), report) : missing
  }
  if (!node.has('from')) {
    report.error(pointerTo(...path), at, 'a clause says `from` whom its approvals are to come')
    return undefined
  }
  const from = of('from', readNames, undefined)
  const approvals = of('approvals', readApprovals, 1)
  const rejections = of('rejections', readRejections, 1)
  return from && approvals && rejections ? { from, approvals, rejections } : undefined
}

function readClauses(node: unknown, path: Path, at: number, report: Report): Clause[] | undefined {
  const name = String(path.at(-1))
  if (!isSeq(node) || node.items.length === 0 || node.items.length > mostClauses) {
    const found = isSeq(node) ? `${node.items.length}` : describe(node)
    report.error(pointerTo(...path), at, `${name} is a list of 1 to ${mostClauses} clauses, not ${found}`)
    return undefined
  }
  const clauses = node.items.map((item, index) =>
    readClause(item, [...path, index], offsetOf(item, at), report),
  )
  return clauses.every((clause) => clause !== undefined) ? clauses : undefined
}

/** Whether addresses alone are asked for more approvals than there are of them, each person once. */
function wantsTooMany(clauses: readonly Clause[]): boolean {
  const closed = clauses.filter(({ from }) => from.every(isAddress))
  for (let chosen = 1; chosen < 1 << closed.length; chosen++) {
    const some = closed.filter((_clause, index) => chosen & (1 << index))
    const wanted = some.reduce((sum, { approvals }) => sum + approvals, 0)
    if (wanted > new Set(some.flatMap(({ from }) => from)).size) return true
  }
  return false
}

/**
 * Who has to approve: a name, a list of names, a clause, or `any_of` or `all_of` of such. What is not understood is an
 * error, since a rule that was meant to protect must not be skipped.
 */
export const readReviewers: Read<Reviewers> = (node, path, at, report) => {
  const modes = isMap(node) ? (['any_of', 'all_of'] as const).filter((mode) => node.has(mode)) : []
  const [mode, other] = modes
  if (!isMap(node) || mode === undefined) {
    if (isMap(node) && refuseUnknown(node, path, [...clauseKeys, 'any_of', 'all_of'], report))
      return undefined
    const clause = readClause(node, path, at, report)
    return clause && checked({ any_of: [clause] }, path, at, report)
  }
  if (other || node.items.length > 1) {
    const detail = `beside \`${mode}\` nothing else stands here: put it into its clauses`
    report.error(pointerTo(...path), at, detail)
    return undefined
  }
  const clauses = readClauses(
    node.get(mode, true),
    [...path, mode],
    offsetOf(node.get(mode, true), at),
    report,
  )
  if (!clauses) return undefined
  return checked(mode === 'any_of' ? { any_of: clauses } : { all_of: clauses }, path, at, report)
}

function checked(reviewers: Reviewers, path: Path, at: number, report: Report): Reviewers | undefined {
  const all = 'all_of' in reviewers ? reviewers.all_of : []
  const isTooMuch =
    'all_of' in reviewers ? wantsTooMany(all) : reviewers.any_of.some((clause) => wantsTooMany([clause]))
  const seats = all.reduce((sum, { approvals }) => sum + approvals, 0)
  if (isTooMuch) {
    const detail = 'more approvals are wanted than there are addresses to give them, each person once'
    report.error(pointerTo(...path), at, detail)
  } else if (seats > mostSeats) {
    report.error(pointerTo(...path), at, `all_of wants at most ${mostSeats} approvals together, not ${seats}`)
  } else return reviewers
  return undefined
}

/** A list of names, or one. */
export const readNameList = (name: string, readName: Read<string>): Read<string[]> =>
  listOf(name, mostNames, readName)
