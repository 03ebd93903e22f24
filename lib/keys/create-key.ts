import { change } from '@/lib/verb'
import { insertKey } from './insert'
import { CreateAgentKeyInput, CreatedKey } from './schemas'

/**
 * Makes an agent key of the project, which may `run` and nothing else where no scopes are named. The token is in the
 * answer and never again.
 * @throws AppError `forbidden` below admin, `invalid_input` for an end that has passed
 */
export const createKey = change(
  {
    summary: 'Make an agent key',
    need: { role: 'admin', orOperator: true },
    input: CreateAgentKeyInput,
    output: CreatedKey,
    status: 201,
    refuses: ['project_archived'],
  },
  (tx, ctx, { name, scopes, expires_at: expiresAt }) =>
    insertKey(tx, ctx, { name, scopes: scopes ?? ['run'], userId: null, expiresAt }),
)
