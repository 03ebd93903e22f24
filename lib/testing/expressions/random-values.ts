/** A seeded stream of numbers from 0 to below 1 (mulberry32): the same seed, the same cases. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Strings that tell orders and lengths by character from those by UTF-16 unit. */
export const sampleTexts = ('|a|ab|b|abc|drop table|ä|\uffff|\u{1f600}|x\u{1f600}y|é\n"|' + "it's").split('|')
export const sampleKeys = 'a b f s t items names rows meta n gone true constructor'.split(' ')

/** Numbers about the places where doubles lose whole ones; JSON spells each as Python reads it back. */
const largeValues = [
  9007199254740991,
  9007199254740992n,
  9007199254740993n,
  -9007199254740993n,
  10000000000000001n,
  1e16,
  10n ** 20n,
  10n ** 20n + 1n,
  10n ** 23n,
  1e23,
  99999999999999991611392n,
  2n ** 64n,
  1e300,
  10n ** 300n,
  10n ** 400n,
]

/** Makes random values of JSON. */
export class ValueMaker {
  constructor(private readonly random: () => number) {}

  protected roll(): number {
    return this.random()
  }

  protected chance(share: number): boolean {
    return this.random() < share
  }

  protected pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.random() * items.length)] as T
  }

  protected several<T>(most: number, make: () => T): T[] {
    return Array.from({ length: Math.floor(this.random() * (most + 1)) }, make)
  }

  private json(depth: number): unknown {
    const kind = Math.floor(this.random() * (depth > 0 ? 7 : 5))
    if (kind === 0) return null
    if (kind === 1) return this.chance(0.5)
    if (kind === 2) return this.chance(0.3) ? this.pick(largeValues) : this.pick([0, 1, 2, 3, -1, 2.5, 100])
    if (kind < 5) return this.pick(sampleTexts)
    if (kind === 5) return this.several(3, () => this.json(depth - 1))
    return Object.fromEntries(this.several(3, () => [this.pick(sampleKeys), this.json(depth - 1)]))
  }

  /** Values of a root that mostly have the types the expressions expect. */
  values(): object {
    const number = () =>
      this.chance(0.15) ? this.pick(largeValues) : this.pick([0, 1, 2, 3, 5, -1, 2.5, 100])
    const text = () => this.pick(sampleTexts)
    const usual: Record<string, unknown> = {
      a: number(),
      b: number(),
      f: this.chance(0.5),
      s: text(),
      t: text(),
      items: this.several(4, number),
      names: this.several(4, text),
      rows: this.several(3, () => ({ a: number(), s: text() })),
      meta: { a: number(), s: text(), items: this.several(3, number), n: null },
      n: null,
    }
    for (const key of Object.keys(usual)) {
      if (this.chance(0.04)) delete usual[key]
      else if (this.chance(0.06)) usual[key] = this.json(2)
    }
    return usual
  }
}
