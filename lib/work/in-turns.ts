import { onceFor, type Database } from '@/db/client'
import { codesOf } from '@/db/error-codes'
import type { WorkKind } from '@/db/queries/set-aside'
import { setAside, takeBack, type Piece } from './set-aside'

/** A piece that may have been set aside before. */
export type Task = Piece & { isAgain?: boolean }

/** What became of a round: pieces that were done, and tries that failed. */
export type Round = { done: number; failed: number }

/**
 * Whether another round is due at once.
 * @param listed how many pieces the round was given
 * @param most how many it would have been given at most
 */
export function isMoreDue({ done, failed }: Round, listed: number, most: number): boolean {
  return failed > 0 || (done > 0 && (done < listed || listed >= most))
}

/**
 * Errors that say nothing of the row: no connection, resources, an operator, a conflict that passes, read-only, a
 * table or a right that is missing.
 */
const notOfTheRow = /^(08|25006|40|42|53|55P03|57P|58|E[A-Z]{3,}|CONNECT)/

/** How many pieces a project gets at a time, where more have failed; in this process. */
const portions = onceFor(() => new Map<string, number>())

/**
 * Does a round of the work behind the answers: all pieces together, as long as that goes well. Where it does not
 * (a statement took too long, a row cannot be dealt with), the projects are parted, so that the others' work is done
 * at once; the one that failed gets half as many pieces the next time, and half of that, until a single piece that
 * fails is set aside. A round waits for one failure a project at most, and for one of all together.
 * @param pieces in the order in which each project's are to be done
 * @param work does those it is given, in transactions of its own; names those it did, and leaves out what somebody
 * else is at
 * @throws where the database is away, or another error says nothing of the pieces
 */
export async function workInTurns<T extends Task>(
  db: Database,
  kind: WorkKind,
  pieces: T[],
  work: (pieces: T[]) => Promise<string[]>,
): Promise<Round> {
  const known = portions(db)
  const keyOf = (piece: T) => `${kind} ${piece.projectId}`
  const careful = byProject(pieces.filter((piece) => known.has(keyOf(piece))))
  const round: Round = { done: 0, failed: 0 }

  async function take(some: T[]): Promise<void> {
    const done = new Set(await work(some))
    round.done += done.size
    const again = some.filter((piece) => piece.isAgain && done.has(piece.id)).map((piece) => piece.id)
    if (again.length > 0) await takeBack(db, kind, again)
  }
  async function takePortion(ofProject: T[]): Promise<void> {
    const [first] = ofProject
    if (!first) return
    const some = ofProject.slice(0, known.get(keyOf(first)))
    try {
      await take(some)
      if (some.length === ofProject.length) known.delete(keyOf(first))
      else known.set(keyOf(first), some.length * 2)
    } catch (error) {
      await failed(some, error)
    }
  }
  /** Several projects are tried each alone; of one, half is next, or the single piece is set aside. */
  async function failed(some: T[], error: unknown): Promise<void> {
    const [first] = some
    if (!first || !isOfTheRow(error)) throw error
    round.failed += 1
    const projects = byProject(some)
    if (projects.length > 1) for (const ofProject of projects) await takePortion(ofProject)
    else if (some.length > 1) known.set(keyOf(first), Math.ceil(some.length / 2))
    else await setAside(db, kind, first, error)
  }

  const plain = pieces.filter((piece) => !known.has(keyOf(piece)))
  if (plain.length > 0) await take(plain).catch((error: unknown) => failed(plain, error))
  for (const ofProject of careful) await takePortion(ofProject)
  return round
}

/** The pieces of each project, in their order. */
export function byProject<T extends { projectId: string }>(pieces: T[]): T[][] {
  const projects = new Map<string, T[]>()
  for (const piece of pieces) {
    const ofProject = projects.get(piece.projectId)
    if (ofProject) ofProject.push(piece)
    else projects.set(piece.projectId, [piece])
  }
  return [...projects.values()]
}

/** Whether an error may be the fault of what was worked on, so that less of it may do. */
export function isOfTheRow(error: unknown): boolean {
  return !codesOf(error).some((code) => notOfTheRow.test(code))
}

/** The first of a list that are not more than so many bytes together, but at least one. */
export function upToBytes<T extends { bytes: number }>(pieces: T[], most: number): T[] {
  let bytes = 0
  return pieces.filter((piece, at) => (bytes += piece.bytes) <= most || at === 0)
}

/** A list in parts of so many at most. */
export function* inParts<T>(list: T[], most: number): Generator<T[]> {
  for (let at = 0; at < list.length; at += most) yield list.slice(at, at + most)
}
