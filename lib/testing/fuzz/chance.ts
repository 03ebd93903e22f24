import { seededRandom } from '@/lib/testing/expressions/random-values'

/** Seeded choices: the same seed, the same choices. */
export class Chance {
  private readonly random: () => number

  constructor(seed: number) {
    this.random = seededRandom(seed)
  }

  /** A whole number from 0 to below `n`. */
  below(n: number): number {
    return Math.floor(this.random() * n)
  }

  /** True once in `n` times. */
  oneIn(n: number): boolean {
    return this.below(n) === 0
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T
  }
}
