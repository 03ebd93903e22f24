import { number } from '@/components/words/number'

/** What is pending is counted exactly up to so many; one more stands for all beyond. */
const mostCounted = 10_000

/** A count in words: `2,997`, or `10,000+`. */
export function countWords(count: number): string {
  return count > mostCounted ? `${number(mostCounted)}+` : number(count)
}
