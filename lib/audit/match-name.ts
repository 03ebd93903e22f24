/** Somebody or something that the log may name, and what a person calls it. */
export type AuditName = {
  id: string
  kind: 'person' | 'key' | 'agent' | 'webhook' | 'system'
  name: string
  /** A person's e-mail. */
  also: string | null
  /** Whether it acts, or is only acted on. */
  acts: boolean
}

/** Whom a text means: one by name or id, several of one name, or nobody, with those who may be meant. */
export type NameMatch =
  { is: 'one'; id: string; name: string | null } | { is: 'several' | 'none'; others: AuditName[] }

const idPattern = /^[a-z]{3}_[0-9a-hjkmnp-tv-z]{26}$/
const mostSuggested = 5
const lettersAlike = 3

/**
 * Finds whom a person means by what they wrote, in any case: an id, or the whole name or e-mail. What is neither and
 * has not the shape of an id means nobody.
 */
export function matchName(names: readonly AuditName[], text: string): NameMatch {
  const wanted = folded(text)
  const known = names.find(({ id }) => id === text)
  const same = known ? [known] : names.filter((one) => namesOf(one).includes(wanted))
  const [first, second] = same
  if (first && second) return { is: 'several', others: same }
  if (first) return { is: 'one', id: first.id, name: first.name }
  if (idPattern.test(text)) return { is: 'one', id: text, name: null }
  const others = names.filter((one) => namesOf(one).some((name) => isAlike(name, wanted)))
  return { is: 'none', others: others.slice(0, mostSuggested) }
}

/** One holds the other, or a word of the one begins as the other does. */
function isAlike(name: string, wanted: string): boolean {
  if (name.includes(wanted) || wanted.includes(name)) return true
  const start = wanted.slice(0, lettersAlike)
  return start.length === lettersAlike && name.split(/[\s@._-]+/).some((word) => word.startsWith(start))
}

const namesOf = ({ name, also }: AuditName) => (also === null ? [name] : [name, also]).map(folded)
const folded = (text: string) => text.trim().toLowerCase()
