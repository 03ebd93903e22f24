import { verb } from '@/lib/verb'
import { createKey } from './create-key'
import { createToken } from './create-token'
import { ownOrAdmin } from './revoke-key'
import { CreatedKey, CreateKeyInput } from './schemas'

/**
 * Makes an agent key, or a personal token of the member who asks.
 * @throws AppError as the two verbs that it is
 */
export const createKeyOrToken = verb(
  {
    summary: 'Make an agent key or a personal token',
    need: 'viewer',
    who: ownOrAdmin,
    input: CreateKeyInput,
    output: CreatedKey,
    status: 201,
    refuses: ['project_archived'],
  },
  (ctx, { kind, scopes, ...input }) =>
    kind === 'personal' ? createToken(ctx, input) : createKey(ctx, { ...input, scopes }),
)
