import { digestOf } from '@/lib/json/digest'

/** The id of a call that came without one: of what it is, and when it was told. */
export function makeCallId(tool: string, params: Record<string, unknown>, at: string): string {
  return `${tool}.${digestOf(tool, params).slice(7, 23)}.${at.replace(/[^\w]/g, '')}`
}
