import type { EntryText } from '@/lib/policy/loosens'
import type { Loosening } from './loosening'

const mostNamed = 3
const mostCharacters = 80

/** What a policy demands less, in sentences. Names and conditions in them are the file's own and untrusted. */
export function looseningWords({ removed, made_conditional, demands_less, fires_less }: Loosening): string[] {
  const words: string[] = []
  if (removed.length > 0) words.push(`No longer gated: ${listed(removed)}.`)
  if (made_conditional.length > 0) {
    words.push(`Gated on a condition instead of always: ${listed(made_conditional)}.`)
  }
  if (demands_less) words.push(`Others may decide, or less is demanded of them: ${listed(demands_less)}.`)
  if (fires_less) words.push(firesLessWords(fires_less))
  return words
}

function firesLessWords(calls: NonNullable<Loosening['fires_less']>): string {
  const { recorded, compared, before, after, let_through } = calls
  if (let_through === 0) return `Only ${compared} of ${recorded} recorded calls could be compared in time.`
  return (
    `Of ${compared} recorded calls of these tools, the policy before holds ${before} and this one ${after}: ` +
    `${let_through} would no longer wait for a person.`
  )
}

function listed(entries: EntryText[]): string {
  const named = entries.slice(0, mostNamed).map(({ tool, when }) => {
    return when === null ? cut(tool) : `${cut(tool)} (when ${cut(when)})`
  })
  const more = entries.length - named.length
  return named.join(', ') + (more > 0 ? ` and ${more} more` : '')
}

function cut(text: string): string {
  const characters = [...text]
  return characters.length > mostCharacters ? `${characters.slice(0, mostCharacters - 1).join('')}…` : text
}
