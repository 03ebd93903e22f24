import { AppError } from '@/lib/errors'
import { isId } from '@/lib/ids'

/** @throws AppError `invalid_id` for what cannot be an approval's id */
export function requireApprovalId(id: string): void {
  if (!isId('approval', id)) throw new AppError('invalid_id', 'An approval id is `apr_` and 26 characters.')
}
