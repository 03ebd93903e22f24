import { Notice } from '@/components/ui/page-header'
import type { Problem } from '@/lib/http/problem'

/** What was wrong with the form as a whole; what belongs to a field stands at the field. */
export function FormProblem({ problem }: { problem: Problem | null }) {
  return (
    <div role="alert">
      {problem && !problem.errors?.length && <Notice tone="danger">{problem.detail}</Notice>}
    </div>
  )
}

/** What was wrong with one field. */
export function fieldError(problem: Problem | null, field: string): string | undefined {
  return problem?.errors?.find((one) => one.pointer === `/${field}`)?.detail
}
