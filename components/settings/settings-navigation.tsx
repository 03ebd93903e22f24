'use client'

import { usePathname } from 'next/navigation'
import { pages } from '@/lib/paths'
import * as say from '@/words/settings/settings-navigation'
import { settingsPlaces } from '../frame/settings-places'
import { IntentLink } from '../ui/intent-link'

/** The places of a project's settings. */
export function SettingsNavigation({ project }: { project: string }) {
  const here = usePathname().split('/')[3]
  return (
    <nav aria-label={say.settings} className="mb-5 border-b border-line">
      <ul className="grid grid-cols-3 gap-x-4 sm:flex sm:flex-wrap">
        {settingsPlaces.map(({ part, name }) => (
          <li key={part}>
            <IntentLink
              href={pages.settings(project, part)}
              aria-current={here === part ? 'page' : undefined}
              className="-mb-px flex h-9 items-center border-b-2 border-transparent text-sm text-muted hover:text-ink
                aria-[current]:border-ink aria-[current]:font-medium aria-[current]:text-ink"
            >
              {name}
            </IntentLink>
          </li>
        ))}
      </ul>
    </nav>
  )
}
