import type { AuditEntry } from '@/lib/audit/schemas'
import * as say from '@/words/audit/sentence'
import { sentences } from '@/words/audit/sentences'

/** What somebody did, as a sentence around its target: "ANA rejected DB_TRUNCATE for BILLING". */
export type Sentence = {
  verb: string
  /** Without it the sentence ends with the verb. */
  hasTarget: boolean
  /** What follows the target. */
  after: string
  /** Words of a person's, in quotes. */
  quote: string | null
}

/** An entry in words. What was recorded by a newer version, or erased, is told by its action. */
export function sentenceOf({ action, detail, actor, target }: AuditEntry): Sentence {
  const isSelf = actor.id === target.id || target.type === 'session'
  const words = sentences[action]?.(detail ?? {}, isSelf) ?? { verb: say.did(action) }
  const { verb, after = '', quote, isWhole = false } = words
  return { verb, hasTarget: !isWhole, after, quote: typeof quote === 'string' && quote !== '' ? quote : null }
}

/** The actions that are told in words. */
export const toldActions = Object.keys(sentences)
