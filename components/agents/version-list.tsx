import Link from 'next/link'
import type { AgentAtVersion } from '@/lib/agents/at-version'
import { pages } from '@/lib/paths'
import * as say from '@/words/agents/version-list'
import { Badge } from '../ui/badge'
import { Section } from '../ui/section'
import { ListFrame } from '../ui/table'
import { Age } from '../ui/time'
import { UntrustedText } from '../ui/untrusted-text'

type VersionListProps = Pick<AgentAtVersion, 'versions' | 'inForce'> & {
  project: string
  name: string
  shown: number
}

/** Every version, newest first, with who deployed it and when; each can be looked at. */
export function VersionList({ project, name, versions, inForce, shown }: VersionListProps) {
  const oldest = versions.at(-1)?.version ?? 1
  return (
    <Section title={say.versions}>
      <ListFrame>
        <ul aria-label={say.versions} className="max-h-96 divide-y divide-line overflow-y-auto">
          {versions.map(({ version, deployedBy, deployed_at }) => (
            <li key={version}>
              <Link
                href={pages.agent(project, name, version === inForce ? undefined : version)}
                aria-current={version === shown ? 'true' : undefined}
                scroll={false}
                prefetch={false}
                className="flex flex-wrap items-baseline gap-x-2 gap-y-0.5 px-3 py-2 text-sm -outline-offset-2 hover:bg-hover aria-[current]:bg-sunken"
              >
                <span className="font-medium whitespace-nowrap">{say.versionNumber(version)}</span>
                {version === inForce && <Badge tone="ok">{say.inForce}</Badge>}
                {version === shown && version !== inForce && <Badge>{say.shownHere}</Badge>}
                <Age at={deployed_at} className="ml-auto text-muted" />
                <span className="w-full min-w-0 truncate text-xs text-muted">
                  {say.by(<UntrustedText text={deployedBy} singleLine isBrief maxCharacters={120} />)}
                </span>
              </Link>
            </li>
          ))}
        </ul>
      </ListFrame>
      {oldest > 1 && <p className="mt-2 text-sm text-muted">{say.versionsBefore(oldest)}</p>}
    </Section>
  )
}
