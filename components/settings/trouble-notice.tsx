import { Notice } from '../ui/page-header'
import type { Trouble } from './use-act'

/** What went wrong with the whole of a change; what belongs to a field stands at the field. */
export function TroubleNotice({ trouble }: { trouble: Trouble | null }) {
  const isAtField = trouble?.errors?.some((one) => one.pointer !== '')
  return <div role="alert">{trouble && !isAtField && <Notice tone="danger">{trouble.detail}</Notice>}</div>
}
