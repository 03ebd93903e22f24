import Link from 'next/link'
import { pages } from '@/lib/paths'
import * as say from '@/words/frame/person-panel'
import { DisplayChoice } from '../ui/display-choice'
import { roleWord } from '../ui/role-word'
import { SingleKeysSwitch } from '../ui/single-keys-switch'
import type { Person } from './frame'
import { SignOut } from './sign-out'

/** What the person menu holds: who this is, how pages look, and the way out. */
export default function PersonPanel({ person, project }: { person: Person; project: string }) {
  return (
    <>
      <div className="px-2 pt-1 pb-2 text-sm">
        {person.name && <p className="truncate font-medium">{person.name}</p>}
        <p className="truncate text-muted">{person.email}</p>
        <p className="text-xs text-faint">{say.roleHere(roleWord(person.role))}</p>
      </div>
      <div className="space-y-1.5 border-y border-line px-2 py-2">
        <DisplayChoice of="theme" />
        <DisplayChoice of="density" />
        <DisplayChoice of="zone" />
        <DisplayChoice of="hours" />
        <p aria-hidden="true" className="pt-1 text-xs text-muted">
          {say.afterADecision}
        </p>
        <DisplayChoice of="after" />
        <SingleKeysSwitch className="pt-1" />
      </div>
      <div className="pt-1.5">
        <Link
          href={pages.settings(project, 'people')}
          className="flex h-8 items-center rounded-sm px-2 text-sm hover:bg-sunken"
        >
          {say.away}
        </Link>
        <a href={pages.docs()} className="flex h-8 items-center rounded-sm px-2 text-sm hover:bg-sunken">
          {say.documentation}
        </a>
        <SignOut />
      </div>
    </>
  )
}
