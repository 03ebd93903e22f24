import { writeJson } from '@/lib/json/write'

/** One call of the API, as the credential of the server's caller opens it. */
export type ApiCall = {
  method: 'GET' | 'POST'
  /** Below `/api`. */
  path: string
  body?: Record<string, unknown>
  /** Seconds for which the answer may be held. */
  wait?: number
  signal?: AbortSignal
}

/** What it is answered; numbers in it are exact. */
export type ApiAnswer = { status: number; body: Record<string, unknown> }

/** The API of this very process, or of one at an address. @throws Error where nobody answers */
export type Backend = (call: ApiCall) => Promise<ApiAnswer>

/** What the API refused, in words for a model. */
class Refusal extends Error {
  constructor({ status, body }: ApiAnswer) {
    const issues = Array.isArray(body.errors) ? (body.errors as { pointer?: string; detail?: string }[]) : []
    const details = issues.map(({ pointer, detail }) => `${pointer || '/'}: ${detail}`)
    super([`${String(body.code ?? status)}: ${String(body.detail ?? 'no reason')}`, ...details].join('\n'))
  }
}

/** @throws Error that says what was refused */
export async function ask(backend: Backend, call: ApiCall): Promise<Record<string, unknown>> {
  const answer = await backend(call)
  if (answer.status >= 400) throw new Refusal(answer)
  return answer.body
}

/** A result of a tool: for programs, and as text for whoever reads only that. */
export function told(structuredContent: Record<string, unknown>) {
  return { content: [{ type: 'text' as const, text: writeJson(structuredContent, 2) }], structuredContent }
}

export function said(text: string, isError = false) {
  return { content: [{ type: 'text' as const, text }], ...(isError && { isError }) }
}

/** Runs a tool, and has whatever went wrong be its result. */
export async function trying<T>(work: () => Promise<T>): Promise<T | ReturnType<typeof said>> {
  try {
    return await work()
  } catch (error) {
    return said(error instanceof Error ? error.message : String(error), true)
  }
}
