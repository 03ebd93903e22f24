'use client'

import { useSelectedLayoutSegment } from 'next/navigation'
import { pages } from '@/lib/paths'
import * as say from '@/words/frame/navigation'
import { Icon } from '../ui/icon'
import { IntentLink } from '../ui/intent-link'
import { countWords, usePendingCount } from './notices'
import { placesFor } from './places'

/** The place that is shown; a run that lies over it in the drawer has the address, but does not change the place. */
function usePart(): string | null {
  return useSelectedLayoutSegment()
}

type NavigationProps = { project: string; isAdmin: boolean }

/** The places of a project, on wide screens. */
export function Navigation({ project, isAdmin }: NavigationProps) {
  const here = usePart()
  return (
    <nav aria-label={say.project} className="hidden md:block">
      <ul className="space-y-px">
        {placesFor(isAdmin).map(({ part, name, icon }) => (
          <li key={part}>
            <IntentLink
              href={pages.place(project, part)}
              aria-current={here === part ? 'page' : undefined}
              className="flex h-8 items-center gap-2.5 rounded-sm px-2 text-sm text-muted hover:bg-sunken hover:text-ink
                aria-[current]:bg-sunken aria-[current]:font-medium aria-[current]:text-ink"
            >
              <Icon name={icon} />
              <span className="flex-1">{name}</span>
              {part === 'approvals' && <Count className="text-xs" />}
            </IntentLink>
          </li>
        ))}
      </ul>
    </nav>
  )
}

/** The same places within reach of a thumb. */
export function TabBar({ project, isAdmin }: NavigationProps) {
  const here = usePart()
  return (
    <nav
      aria-label={say.project}
      className="fixed inset-x-0 bottom-0 z-30 border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] md:hidden"
    >
      <ul className="grid auto-cols-fr grid-flow-col">
        {placesFor(isAdmin).map(({ part, name, icon }) => (
          <li key={part}>
            <IntentLink
              href={pages.place(project, part)}
              aria-current={here === part ? 'page' : undefined}
              className="relative flex h-14 flex-col items-center justify-center gap-0.5 text-xs text-muted -outline-offset-2
                aria-[current]:font-medium aria-[current]:text-ink"
            >
              <Icon name={icon} className="size-5!" />
              {name}
              {part === 'approvals' && <Count className="absolute top-1 left-1/2 ml-2 text-[0.6875rem]" />}
            </IntentLink>
          </li>
        ))}
      </ul>
    </nav>
  )
}

function Count({ className }: { className: string }) {
  const count = usePendingCount()
  if (count === 0) return null
  return (
    <span className={`rounded-full bg-warn-soft px-1.5 leading-4 font-semibold text-warn ${className}`}>
      {countWords(count)}
      <span className="sr-only"> {say.pending}</span>
    </span>
  )
}
