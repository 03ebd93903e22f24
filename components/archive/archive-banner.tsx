import type { ProjectDetails } from '@/lib/members/schemas'
import * as say from '@/words/archive/archive-banner'
import { Icon } from '../ui/icon'
import { Age } from '../ui/time'
import { UntrustedText } from '../ui/untrusted-text'

/** Says on every page of an archived project that it is, and by whom. */
export function ArchiveBanner({ archived }: { archived: NonNullable<ProjectDetails['archived']> }) {
  return (
    <section
      aria-label={say.archived}
      className="mb-4 flex shrink-0 gap-3 rounded-md border border-warn/40 bg-warn-soft px-3.5 py-2 text-sm text-ink has-[~[data-desk]]:mb-0 has-[~[data-desk]]:rounded-none has-[~[data-desk]]:border-x-0 has-[~[data-desk]]:border-t-0"
    >
      <Icon name="warning" className="mt-0.5 size-4! shrink-0 text-warn" />
      <p className="min-w-0 wrap-anywhere">
        {say.projectIsArchived(
          <strong className="font-semibold">{say.thisProjectIsArchived}</strong>,
          <UntrustedText text={archived.by} singleLine isBrief maxCharacters={120} />,
          <Age at={archived.at} isLong />,
        )}
      </p>
    </section>
  )
}
