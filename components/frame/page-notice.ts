import type { Notice } from '@/lib/notices/schemas'
import { plainText } from '@/lib/untrusted/channels'
import * as say from '@/words/frame/page-notice'

/** A press leads to what it tells of: the page's window comes to the front and goes there. */
export function showNotice(project: string, { id, approval, text }: Notice, open: () => void) {
  const short = { singleLine: true, maxCharacters: 100 }
  const title = approval ? say.awaitsApproval(plainText(approval.tool, short)) : 'Holdpoint'
  const body = approval ? `${approval.agent} · ${project}` : plainText(text ?? '', short)
  try {
    const notification = new Notification(title, { body, tag: id })
    notification.onclick = () => {
      window.focus()
      open()
      notification.close()
    }
  } catch {
    // Some phones only let service workers notify; the bell still tells.
  }
}
