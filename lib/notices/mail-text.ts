import { plainText } from '@/lib/untrusted/channels'
import type { ShowOptions } from '@/lib/untrusted/show'

/**
 * Untrusted text for a mail, in HTML (still to be escaped) and plain text alike. Mail programs link addresses by
 * themselves; to keep an agent's text from being pressed, `://` and `www.` get the look-alike of a character.
 */
export function mailText(text: string, options?: ShowOptions): string {
  return unlinked(plainText(text, options))
}

/** Takes what mail programs would link out of text that is shown already. */
export function unlinked(shown: string): string {
  return shown.replaceAll('://', '∶//').replace(/(?<![\p{L}\p{N}])(www)\./giu, '$1․')
}

/** Whether `unlinked` changed something in a text. */
export function hasUnlinked(shown: string): boolean {
  return shown.includes('∶//') || /www․/i.test(shown)
}

/** A deadline as every mail says it: `2026-01-31 12:00 UTC`. */
export function deadlineWords(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

/** A page's or a tool's name for a subject: one line, whatever it holds. */
export function subjectText(text: string, maxCharacters = 80): string {
  return plainText(text, { singleLine: true, maxCharacters })
}
