import { AppError } from '@/lib/errors'
import { idPrefixes, isId, type IdKind } from '@/lib/ids'

/**
 * The `{id}` of an address, of this kind.
 * @throws AppError `invalid_id`
 */
export function pathId(kind: IdKind, params: Record<string, string>): string {
  const id = params.id ?? ''
  if (isId(kind, id)) return id
  throw new AppError(
    'invalid_id',
    `Ids of this kind look like ${idPrefixes[kind]}_… and have 26 characters after it.`,
  )
}
