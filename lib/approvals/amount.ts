/** Where a request says how much it is about, after the param that its rule names first. */
export const amountNames = ['amount', 'total'] as const

/** As plain decimals are written; longer ones are no amounts. */
export const amountPattern = '^-?[0-9]{1,15}([.][0-9]{1,10})?$'
const isAmount = new RegExp(amountPattern)

/** The param that a condition names first, where it is a plain name. */
export const firstParamPattern = 'param[ ]*[.][ ]*([A-Za-z_][A-Za-z0-9_]*)'
const firstParam = new RegExp(firstParamPattern)

/**
 * How much a request is about: the first plain decimal, as a number or as text, of the param that its rule's condition
 * names first, `amount` and `total`. Undefined where there is none. `db/queries/largest.ts` says the same in SQL.
 */
export function amountOf(params: Record<string, unknown>, condition: string | null): number | undefined {
  const named = firstParam.exec(condition ?? '')?.[1]
  for (const name of [...(named === undefined ? [] : [named]), ...amountNames]) {
    const value = Object.hasOwn(params, name) ? params[name] : undefined
    const text = typeof value === 'string' || typeof value === 'number' ? String(value) : ''
    if (isAmount.test(text)) return Number(text)
  }
  return undefined
}
