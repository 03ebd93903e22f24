import Link from 'next/link'
import { pages } from '@/lib/paths'
import { DisplayChoice } from '../ui/display-choice'
import { SingleKeysSwitch } from '../ui/single-keys-switch'
import { Disclosure } from './disclosure'
import type { Person } from './frame'
import { SignOut } from './sign-out'

/** Who is signed in and with what role; how pages look; the way out. */
export function PersonMenu({ person, project }: { person: Person; project: string }) {
  const shortName = person.name ?? person.email
  return (
    <Disclosure
      label={`Account of ${shortName}`}
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
      <div className="px-2 pt-1 pb-2 text-sm">
        {person.name && <p className="truncate font-medium">{person.name}</p>}
        <p className="truncate text-muted">{person.email}</p>
        <p className="text-xs text-faint">Role in this project: {person.role}</p>
      </div>
      <div className="space-y-1.5 border-y border-line px-2 py-2">
        <DisplayChoice of="theme" />
        <DisplayChoice of="density" />
        <DisplayChoice of="zone" />
        <DisplayChoice of="hours" />
        <SingleKeysSwitch className="pt-1" />
      </div>
      <div className="pt-1.5">
        <Link
          href={pages.settings(project, 'people')}
          className="flex h-8 items-center rounded-sm px-2 text-sm hover:bg-sunken"
        >
          Away…
        </Link>
        <a href={pages.docs()} className="flex h-8 items-center rounded-sm px-2 text-sm hover:bg-sunken">
          Documentation
        </a>
        <SignOut />
      </div>
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
