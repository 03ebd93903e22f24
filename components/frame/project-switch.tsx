import { pages } from '@/lib/paths'
import * as say from '@/words/frame/project-switch'
import { Icon } from '../ui/icon'
import { Mark } from '../ui/mark'
import { Disclosure } from './disclosure'
import type { ProjectLink } from './frame'

type ProjectSwitchProps = { project: ProjectLink; projects: ProjectLink[]; mayCreate: boolean }

/** Which project this is, the others that the person belongs to, and the way to another. */
export function ProjectSwitch({ project, projects, mayCreate }: ProjectSwitchProps) {
  const name = (
    <>
      <Mark className="size-6" />
      <span className="min-w-0 truncate text-sm font-semibold">{project.name}</span>
    </>
  )
  if (projects.length < 2 && !mayCreate)
    return <p className="flex h-9 min-w-0 items-center gap-2 px-1.5">{name}</p>
  const archived = projects.filter(({ isArchived }) => isArchived)
  return (
    <Disclosure
      label={say.switchProject(project.name)}
      summaryClass="flex h-9 w-full min-w-0 items-center gap-2 rounded-sm px-1.5 text-left hover:bg-sunken"
      panelClass="top-full left-0 mt-1 flex max-h-80 w-64 flex-col"
      summary={
        <>
          {name}
          <Icon name="down" className="ml-auto text-muted" />
        </>
      }
    >
      <div className="min-h-0 overflow-y-auto">
        <Projects of={projects.filter(({ isArchived }) => !isArchived)} here={project.slug} />
        {archived.length > 0 && (
          <details open={project.isArchived} className="mt-1">
            <summary className="flex h-8 cursor-pointer items-center rounded-sm px-2 text-xs text-muted hover:bg-sunken">
              {say.archived(archived.length)}
              <Icon name="down" className="ml-auto" />
            </summary>
            <Projects of={archived} here={project.slug} />
          </details>
        )}
      </div>
      {mayCreate && (
        <a
          href={pages.newProject(project.slug)}
          className="mt-1.5 flex h-9 shrink-0 items-center gap-2 rounded-sm border-t border-line px-2 text-sm hover:bg-sunken"
        >
          {say.newProject}
        </a>
      )}
    </Disclosure>
  )
}

function Projects({ of, here }: { of: ProjectLink[]; here: string }) {
  return (
    <ul>
      {of.map(({ slug, name }) => (
        <li key={slug}>
          {/* Another project is another stream and another cache: a whole new page. */}
          <a
            href={pages.approvals(slug)}
            aria-current={slug === here || undefined}
            className="flex min-h-8 items-center gap-2 rounded-sm px-2 py-1 text-sm hover:bg-sunken"
          >
            <span className="flex min-w-0 flex-1 flex-wrap items-baseline gap-x-2">
              <span className="max-w-full truncate">{name}</span>{' '}
              <span className="max-w-full text-xs break-words text-faint">{slug}</span>
            </span>
            {slug === here && <Icon name="check" className="text-muted" />}
          </a>
        </li>
      ))}
    </ul>
  )
}
