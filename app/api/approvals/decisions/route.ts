import { decideApprovals } from '@/lib/approvals/decide-many'
import { DecideManyInput } from '@/lib/approvals/schemas'
import { toProblem } from '@/lib/http/problem'
import { resource, route } from '@/lib/http/route'

const decide = route(
  { body: DecideManyInput, bucket: 'decide', mayWait: true },
  async ({ ctx, body, requestId }) => {
    const { results } = await decideApprovals(ctx, body)
    return {
      results: results.map((result) =>
        'problem' in result ? { ...result, problem: toProblem(result.problem, requestId) } : result,
      ),
    }
  },
)

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ POST: decide })
