import { pages } from '@/lib/paths'
import { IntentLink } from '../ui/intent-link'

/** Says on every page that mails are not sent but kept, and who reads them. */
export function KeptMailBanner() {
  return (
    <p className="mb-4 shrink-0 rounded-md border border-line bg-sunken px-3 py-1.5 text-xs text-muted has-[~[data-desk]]:mb-0 has-[~[data-desk]]:rounded-none has-[~[data-desk]]:border-x-0 has-[~[data-desk]]:border-t-0">
      Demo: mails are kept on this server instead of sent, and{' '}
      <IntentLink href={pages.keptMails()} className="underline hover:text-ink">
        shown to owners
      </IntentLink>
      . Set RESEND_API_KEY or DEMO=0 to end that.
    </p>
  )
}
