import { hasRole } from '@/lib/context'
import { allPages } from '@/lib/docs/contents'
import { api, pages } from '@/lib/paths'
import * as say from '@/words/frame/commands'
import { displayChoices, type Display } from '../ui/display'
import { displayWords } from '../ui/display-choice'
import type { IconName } from '../ui/icon'
import type { Person, ProjectLink } from './frame'
import { matchScore } from './match'
import { placesFor } from './places'
import { settingsPlaces } from './settings-places'

/** What the palette offers: a page to go to, of which some open over the one that is there, or something to do. */
export type Command = {
  id: string
  words: string
  group: string
  icon: IconName
  /** At the end of the line, such as whose request it is. */
  note?: string
  /** Keys that do the same, one after the other. */
  keys?: string[]
  /** Further words by which it is found. */
  also?: string
  /** Shown before anything is typed. */
  isFirst?: boolean
} & ({ href: string; isOtherDocument?: boolean; opensOver?: boolean } | { act: (doing: Doing) => void })

/** What commands do beside going somewhere. */
export type Doing = {
  choose: (change: Partial<Display>) => void
  signOut: () => void
  showKeys: () => void
}

type Around = {
  project: ProjectLink
  projects: ProjectLink[]
  /** Whether they may make another project. */
  mayCreate: boolean
  person: Person
  display: Display
}

/** What an archived project refuses. */
const forOpenProjects = new Set(['deploy', 'key'])

/** All that this person can be offered in a project, in the order in which it is shown. */
export function commandsOf({ project, projects, mayCreate, person, display }: Around): Command[] {
  const commands = [
    ...goTo(project.slug, hasRole(person.role, 'admin')),
    ...doThings(project.slug, person, mayCreate),
    ...settingsOf(project.slug, hasRole(person.role, 'admin')),
    ...looks(display),
    ...switches(project, projects),
    ...allPages.map(({ path, name }): Command => {
      return {
        id: path,
        words: name,
        group: say.documentation,
        icon: 'note',
        href: path,
        isOtherDocument: true,
      }
    }),
  ]
  return project.isArchived ? commands.filter(({ id }) => !forOpenProjects.has(id)) : commands
}

function goTo(project: string, isAdmin: boolean): Command[] {
  return [
    ...placesFor(isAdmin).map(({ part, name, icon, key }): Command => {
      const href = pages.place(project, part)
      return {
        id: part,
        words: name,
        group: say.goTo,
        icon,
        keys: ['G', key.toUpperCase()],
        isFirst: true,
        href,
      }
    }),
    {
      id: 'decided',
      words: say.decidedApprovals,
      group: say.goTo,
      icon: 'check',
      also: say.alsoDecided,
      href: pages.approvals(project, { status: 'decided' }),
    },
  ]
}

function doThings(project: string, { role }: Person, mayCreate: boolean): Command[] {
  const group = say.doGroup
  const settings = (place: (typeof settingsPlaces)[number]['part']) => pages.settings(project, place)
  const forAdmins: Command[] = [
    {
      id: 'deploy',
      words: say.deployANewAgent,
      group,
      icon: 'agents',
      also: say.alsoDeploy,
      href: pages.newAgent(project),
    },
    {
      id: 'webhook',
      words: say.addAWebhook,
      group,
      icon: 'external',
      also: say.alsoWebhook,
      href: settings('webhooks'),
    },
    ...(['ndjson', 'csv'] as const).map((format): Command => {
      const words = say.exportTheAuditLog(format.toUpperCase())
      const act = () => submitTo(api.exportAudit(project, format))
      return {
        id: format,
        words,
        group,
        icon: 'audit',
        also: say.alsoExport,
        isFirst: format === 'ndjson',
        act,
      }
    }),
  ]
  const also = say.alsoPause
  const forReviewers: Command[] = [
    {
      id: 'pause-agent',
      words: say.pauseAnAgent,
      group,
      icon: 'warning',
      also,
      isFirst: true,
      href: pages.agents(project),
    },
    { id: 'pause', words: say.pauseTheProject, group, icon: 'warning', also, href: settings('project') },
  ]
  const forOwners: Command[] = [
    {
      id: 'invite',
      words: say.inviteAPerson,
      group,
      icon: 'user',
      also: say.alsoInvite,
      isFirst: true,
      href: settings('members'),
    },
  ]
  return [
    ...(hasRole(role, 'owner') ? forOwners : []),
    {
      id: 'key',
      words: say.makeAKeyOrToken,
      group,
      icon: 'tool',
      also: say.alsoKey,
      isFirst: true,
      href: settings('keys'),
    },
    ...(hasRole(role, 'reviewer') ? forReviewers : []),
    ...(hasRole(role, 'admin') ? forAdmins : []),
    ...(mayCreate ? [newProject(project)] : []),
    {
      id: 'keys',
      words: say.keyboardShortcuts,
      group,
      icon: 'message',
      keys: ['?'],
      isFirst: true,
      act: (to) => to.showKeys(),
    },
    { id: 'out', words: say.signOut, group, icon: 'user', also: say.alsoSignOut, act: (to) => to.signOut() },
  ]
}

function newProject(project: string): Command {
  return {
    id: 'new-project',
    words: say.makeAProject,
    group: say.doGroup,
    icon: 'external',
    also: say.alsoNewProject,
    href: pages.newProject(project),
  }
}

function settingsOf(project: string, isAdmin: boolean): Command[] {
  const places = settingsPlaces.filter(({ part }) => part !== 'webhooks' || isAdmin)
  return places.map(({ part, name }) => ({
    id: `settings-${part}`,
    words: name,
    group: say.settings,
    icon: 'settings',
    also: say.alsoSettings,
    href: pages.settings(project, part),
  }))
}

/** How pages look: what is not chosen now. */
function looks(display: Display): Command[] {
  return (Object.keys(displayChoices) as (keyof Display)[]).flatMap((kind) =>
    displayChoices[kind]
      .filter((choice) => choice !== display[kind])
      .map((choice): Command => {
        const named: Record<string, string> = displayWords[kind]
        return {
          id: `${kind}-${choice}`,
          words: `${named.legend}: ${named[choice]}`,
          group: say.appearance,
          icon: 'settings',
          also: say.alsoAppearance,
          isFirst: kind === 'theme',
          act: (to) => to.choose({ [kind]: choice }),
        }
      }),
  )
}

function switches(project: ProjectLink, projects: ProjectLink[]): Command[] {
  return projects
    .filter(({ slug }) => slug !== project.slug)
    .map(({ slug, name, isArchived }) => ({
      id: `project-${slug}`,
      words: name,
      ...(isArchived && { note: say.archived }),
      group: say.switchProject,
      icon: 'external',
      also: say.alsoSwitchProject,
      href: pages.approvals(slug),
      // Another project is another stream and another cache: a whole new page.
      isOtherDocument: true,
    }))
}

/** Sends a form without fields, as a button of the page would; the answer is a file. */
function submitTo(action: string): void {
  const form = document.createElement('form')
  form.method = 'post'
  form.action = action
  document.body.append(form)
  form.submit()
  form.remove()
}

const perGroup = 6

/** What fits what was typed, the groups with the best first; before that what is shown first. */
export function offered(commands: Command[], typed: string): [string, Command[]][] {
  const isTyped = typed.trim() !== ''
  const scored = commands.flatMap((command) => {
    if (!isTyped) return command.isFirst ? [{ command, fits: 0 }] : []
    const fits = Math.max(
      matchScore(typed, command.words),
      0.9 * matchScore(typed, `${command.words} ${command.also ?? ''}`),
    )
    return fits === 0 ? [] : [{ command, fits }]
  })
  const best = scored.toSorted((one, other) => other.fits - one.fits)
  const groups = new Map<string, Command[]>()
  for (const { command } of best) {
    const group = groups.get(command.group) ?? []
    if (group.length < perGroup) groups.set(command.group, [...group, command])
  }
  return [...groups]
}
