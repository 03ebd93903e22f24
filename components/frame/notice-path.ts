import type { Notice } from '@/lib/notices/schemas'
import { pages } from '@/lib/paths'

/** Where a notice leads; a link of ours without its base, for the page may be open at another one. */
export function noticePath(project: string, { approval, url }: Notice): string {
  if (approval) return pages.approvals(project, { approval: approval.id })
  const { pathname, search } = new URL(url)
  return pathname + search
}
