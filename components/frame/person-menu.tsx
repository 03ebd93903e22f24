'use client'

import * as say from '@/words/frame/person-menu'
import { Disclosure } from './disclosure'
import type { Person } from './frame'
import { late } from '../ui/late'

/** Read when it is opened. */
const PersonPanel = late(
  () => import('./person-panel').then((module) => module.default),
  <div className="h-96" />,
)

/** Who is signed in and with what role; how pages look; the way out. */
export function PersonMenu({ person, project }: { person: Person; project: string }) {
  const shortName = person.name ?? person.email
  return (
    <Disclosure
      label={say.accountOf(shortName)}
      summaryClass="flex h-9 w-full min-w-0 items-center gap-2 rounded-sm px-1.5 text-left text-sm hover:bg-sunken"
      panelClass="top-full right-0 mt-1 w-64 md:top-auto md:right-auto md:bottom-full md:left-0 md:mt-0 md:mb-1"
      summary={
        <>
          <span
            aria-hidden="true"
            className="flex size-6 shrink-0 items-center justify-center rounded-full bg-accent-soft text-xs font-semibold text-accent"
          >
            {initialsOf(shortName)}
          </span>
          <span className="hidden min-w-0 flex-1 truncate text-muted md:block">{shortName}</span>
        </>
      }
    >
      <PersonPanel person={person} project={project} />
    </Disclosure>
  )
}

function initialsOf(name: string): string {
  const words =
    name
      .split('@')[0]
      ?.split(/[\s._-]+/)
      .filter(Boolean) ?? []
  return words
    .slice(0, 2)
    .map((word) => [...word][0]?.toUpperCase())
    .join('')
}
