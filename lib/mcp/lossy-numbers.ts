import { said } from './backend'

/**
 * What a tool answers where its arguments hold a whole number that JSON.parse, by which the SDK reads them, has perhaps
 * rounded: nobody may be asked about another call than is made. undefined where there is none.
 */
export function lossyNumbers(params: unknown): ReturnType<typeof said> | undefined {
  const pointer = find(params, '')
  if (pointer === undefined) return undefined
  return said(
    `${pointer}: a whole number beyond 2^53 may lose digits on its way by MCP, so it is refused here. Send it as text, if the tool takes it, or ask by POST /api/approvals, where whole numbers are exact.`,
    true,
  )
}

function find(value: unknown, pointer: string): string | undefined {
  if (typeof value === 'bigint') return pointer
  if (typeof value === 'number')
    return Number.isInteger(value) && !Number.isSafeInteger(value) ? pointer : undefined
  if (typeof value !== 'object' || value === null) return undefined
  for (const [key, item] of Object.entries(value)) {
    const found = find(item, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`)
    if (found !== undefined) return found
  }
  return undefined
}
