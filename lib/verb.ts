import type { z } from 'zod'
import type { Transaction } from '@/db/client'
import type { Context } from './context'
import type { ErrorCode } from './errors'
import { requireNeed, rightOf, type ContextOf, type Need } from './need'
import { assertStillAllowed } from './rights'

/** What no JSON schema describes: a text in YAML, which the input has as the member `as`; bytes; what is streamed. */
export type Media = {
  media: string
  as?: string
  /** What is answered instead where the query asks for it. */
  or?: string
}
/** Bytes as they came, and of which type they are said to be. */
export type Bytes = { contentType: string; body: Buffer }
/** What a change demands of the version in force; null where there is none. */
export type Precondition = (version: number | null) => boolean

/** What a verb is to whoever calls it. The API's table, its description and the console's actions read it from here. */
export type Definition = {
  /** What it does, in a few words. */
  summary: string
  need: Need
  /** There where the verb itself refuses whom it is not for, because it records that. */
  judgesItself?: true
  /** Who may call, in words, where `need` says only who gets as far as the verb. */
  who?: string
  /** Parts of the address. */
  path?: z.ZodObject
  query?: z.ZodObject
  /** The body. */
  input?: z.ZodType | Media
  /** The verb is handed, as `source`, the exact text of each member of a JSON body. */
  source?: true
  /** Members of the body that only record: they are taken leniently, and up to 1 MiB. */
  recorded?: readonly string[]
  /** What is answered; null: nothing. */
  output: z.ZodType | Media | null
  /** What is answered where something was made (201) and where not 200 alone says it; `output` is then that of 200. */
  made?: z.ZodType
  /** The status where it is neither 200 nor, for nothing, 204. */
  status?: number
  /** What it refuses beside what every call of its kind may: input that is none, credentials, limits. */
  refuses: readonly ErrorCode[]
  /** What it is counted with; `read` where it is missing. */
  bucket?: Bucket
  /** `Prefer: wait=` holds the answer. */
  waits?: true
  /** The header `Idempotency-Key` is the body's `tool_call_id` where that is missing. */
  keyed?: true
  /** It may take longer than the database may: it keeps its own time. */
  keepsTime?: true
  /** The answer has a tag, made of its text, by which who has it already says so. */
  tagged?: true
  /** The answer has a version, which a change may demand. */
  versioned?: true
  /**
   * It proves the credential in its own statement, so that one that is known from before is not looked up first.
   * Nothing that was known is believed: whatever goes wrong is said only after looking it up.
   */
  proves?: true
}

/** Deciding and claiming are counted apart from asking, so that a busy agent never keeps a person from deciding. */
export type Bucket = 'ask' | 'decide' | 'claim' | 'read'

type Part<D, K extends string> = D extends { [key in K]: infer S extends z.ZodType } ? z.output<S> : unknown
type Plain<D> = D extends { input: { media: 'application/yaml'; as: infer K extends string } }
  ? Record<K, string>
  : D extends { input: { media: string } }
    ? Bytes
    : unknown
type Versioned<D> = D extends { versioned: true } ? { precondition?: Precondition | undefined } : unknown
type Source<D> = D extends { source: true } ? { source: Record<string, string> } : unknown
/** Path, query and body of a definition as one input. */
export type InputOf<D> = Part<D, 'path'> &
  Part<D, 'query'> &
  Part<D, 'input'> &
  Plain<D> &
  Source<D> &
  Versioned<D>
/** What a definition says is answered. */
export type OutputOf<D> = D extends { made: infer S extends z.ZodType }
  ? Part<D, 'output'> | z.output<S>
  : Part<D, 'output'>
type Arguments<I, M extends unknown[]> = unknown extends I
  ? [input?: unknown, ...more: M]
  : [input: I, ...more: M]

/** A verb with its definition: called as a function, it proves its right first. */
export type Verb<D extends Definition = Definition, R = unknown, M extends unknown[] = []> = {
  (ctx: Context, ...args: Arguments<InputOf<D>, M>): Promise<R>
  readonly def: D
  /** No value, only a type: whether the answer is by `output` as it is. */
  readonly isPlain?: D['output'] extends null
    ? true
    : D['output'] extends Media
      ? false
      : R extends OutputOf<D>
        ? true
        : false
}

/**
 * Makes a verb of its definition and its function.
 * @param act gets the context of whom `need` lets pass, and the input by its schemas; what an edge hands it beside,
 * such as what the operator allows, follows
 */
export function verb<const D extends Definition, R, M extends unknown[] = []>(
  def: D,
  act: (ctx: ContextOf<D['need']>, input: InputOf<D>, ...more: M) => Promise<R>,
): Verb<D, R, M> {
  const call = async (ctx: Context, input: unknown, ...more: unknown[]) => {
    if (!def.judgesItself) requireNeed(ctx, def.need)
    return act(ctx as ContextOf<D['need']>, input as InputOf<D>, ...(more as M))
  }
  return Object.assign(call, { def }) as Verb<D, R, M>
}

/**
 * Makes a verb that changes something: one transaction, in which the right is read again first, so that whoever lost
 * it meanwhile is refused, and whose audit entry and jobs are undone with it.
 * @param lock taken before the right is read, where rights are changed under the same lock
 */
export function change<const D extends Definition, R, M extends unknown[] = []>(
  def: D,
  act: (tx: Transaction, ctx: ContextOf<D['need']>, input: InputOf<D>, ...more: M) => Promise<R>,
  lock?: (tx: Transaction, ctx: ContextOf<D['need']>) => Promise<unknown>,
): Verb<D, R, M> {
  return verb<D, R, M>(def, (ctx, input, ...more) =>
    ctx.db.transaction(async (tx) => {
      await lock?.(tx, ctx)
      await assertStillAllowed(tx, ctx, rightOf(ctx, def.need))
      return act(tx, ctx, input, ...more)
    }),
  )
}
