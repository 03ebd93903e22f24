import type { Problem } from '@/lib/http/problem'
import { Notice } from './notice'

/** Why something was not done: the server's problem, or that it did not answer. */
export type Trouble = Pick<Problem, 'detail' | 'errors' | 'approval'> & {
  code: Problem['code'] | 'unanswered'
}

/** What is wrong with one field, by its name on the wire. */
export function errorOf(trouble: Pick<Trouble, 'errors'> | null, field: string): string | undefined {
  return trouble?.errors?.find((one) => one.pointer === `/${field}`)?.detail
}

/** What went wrong with the whole of it; what belongs to a field stands at the field. */
export function TroubleNotice({ trouble }: { trouble: Pick<Trouble, 'detail' | 'errors'> | null }) {
  const isAtField = trouble?.errors?.some((one) => one.pointer !== '')
  return <div role="alert">{trouble && !isAtField && <Notice tone="danger">{trouble.detail}</Notice>}</div>
}
