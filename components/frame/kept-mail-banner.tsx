import { pages } from '@/lib/paths'
import * as say from '@/words/frame/kept-mail-banner'
import { IntentLink } from '../ui/intent-link'

/** Says on every page that mails are not sent but kept, and who reads them. */
export function KeptMailBanner() {
  return (
    <p className="mb-4 shrink-0 rounded-md border border-line bg-sunken px-3 py-1.5 text-xs text-muted has-[~[data-desk]]:mb-0 has-[~[data-desk]]:rounded-none has-[~[data-desk]]:border-x-0 has-[~[data-desk]]:border-t-0">
      {say.keptMails(
        <IntentLink href={pages.keptMails()} className="underline hover:text-ink">
          {say.shownToOwners}
        </IntentLink>,
      )}
    </p>
  )
}
