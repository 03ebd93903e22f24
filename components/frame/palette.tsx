'use client'

import * as RadixDialog from '@radix-ui/react-dialog'
import { Command } from 'cmdk'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import useSWR from 'swr'
import type { Listed } from '@/lib/fields'
import { api, pages } from '@/lib/paths'
import { displayChoices, type Display } from '../ui/display'
import { useDisplay } from '../ui/display-context'
import { useFrameFocus } from '../ui/use-frame-focus'
import type { ProjectLink } from './frame'

type PaletteProps = {
  isOpen: boolean
  onClose: () => void
  project: ProjectLink
  projects: ProjectLink[]
  isAdmin: boolean
}

const item =
  'flex h-9 cursor-pointer items-center gap-2 rounded-sm px-2.5 text-sm data-[selected=true]:bg-sunken'
const group =
  '[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-muted'

/** Everything that can be gone to from one field: places, agents, what a text is found in, projects, how pages look. */
export function Palette({ isOpen, onClose, project, projects, isAdmin }: PaletteProps) {
  const frameFocus = useFrameFocus()
  return (
    <RadixDialog.Root open={isOpen} onOpenChange={(open) => !open && onClose()}>
      <RadixDialog.Portal>
        <RadixDialog.Overlay className="animate-fade fixed inset-0 z-40 bg-scrim" />
        <RadixDialog.Content
          aria-describedby={undefined}
          onCloseAutoFocus={frameFocus.onCloseAutoFocus}
          className="animate-fade fixed inset-x-3 top-[12dvh] z-50 mx-auto max-w-xl overflow-hidden rounded-lg border border-line bg-raised shadow-over focus:outline-none"
        >
          <RadixDialog.Title className="sr-only">Go to</RadixDialog.Title>
          <Choices project={project} projects={projects} isAdmin={isAdmin} onDone={onClose} />
        </RadixDialog.Content>
      </RadixDialog.Portal>
    </RadixDialog.Root>
  )
}

type ChoicesProps = Pick<PaletteProps, 'project' | 'projects' | 'isAdmin'> & { onDone: () => void }

function Choices({ project, projects, isAdmin, onDone }: ChoicesProps) {
  const [text, setText] = useState('')
  const router = useRouter()
  const { display, choose } = useDisplay()
  const { data } = useSWR<Listed<{ name: string }>>(api.agents(project.slug, { fields: 'name', limit: 100 }))
  const wanted = text.trim()
  const open = ({ needsAdmin }: Place) => isAdmin || !needsAdmin

  function go(path: string) {
    onDone()
    router.push(path)
  }

  return (
    <Command label="Go to" loop>
      <Command.Input
        value={text}
        onValueChange={setText}
        placeholder="A place, an agent, an order number…"
        className="h-12 w-full border-b border-line bg-transparent px-4 text-base outline-none"
      />
      <Command.List className="max-h-[min(24rem,60dvh)] overflow-y-auto p-1.5">
        <Command.Empty className="px-2.5 py-6 text-center text-sm text-muted">
          Nothing is called that.
        </Command.Empty>
        <Command.Group heading="Go to" className={group}>
          {placesOf(project.slug)
            .filter(open)
            .map(({ name, path }) => (
              <Command.Item key={name} value={name} onSelect={() => go(path)} className={item}>
                {name}
              </Command.Item>
            ))}
        </Command.Group>
        {data && data.items.length > 0 && (
          <Command.Group heading="Agents" className={group}>
            {data.items.map(({ name }) => (
              <Command.Item
                key={name}
                value={`agent ${name}`}
                onSelect={() => go(pages.agent(project.slug, name))}
                className={`${item} code`}
              >
                {name}
              </Command.Item>
            ))}
          </Command.Group>
        )}
        {projects.length > 1 && (
          <Command.Group heading="Projects" className={group}>
            {projects
              .filter(({ slug }) => slug !== project.slug)
              .map(({ slug, name }) => (
                <Command.Item
                  key={slug}
                  value={`project ${name} ${slug}`}
                  // another project is another stream and another cache: a whole new page
                  onSelect={() => location.assign(pages.approvals(slug))}
                  className={item}
                >
                  {name}
                </Command.Item>
              ))}
          </Command.Group>
        )}
        <Command.Group heading="Look" className={group}>
          {looks.map(({ name, change }) => (
            <Command.Item
              key={name}
              value={name}
              disabled={Object.entries(change).every(([of, value]) => display[of as keyof Display] === value)}
              onSelect={() => {
                choose(change)
                onDone()
              }}
              className={`${item} data-[disabled=true]:text-faint`}
            >
              {name}
            </Command.Item>
          ))}
        </Command.Group>
        {wanted !== '' && (
          <Command.Group heading={`Find “${wanted.slice(0, 60)}”`} forceMount className={group}>
            {searchesFor(project.slug, wanted)
              .filter(open)
              .map(({ name, path }) => (
                <Command.Item key={name} value={name} forceMount onSelect={() => go(path)} className={item}>
                  {name}
                </Command.Item>
              ))}
          </Command.Group>
        )}
      </Command.List>
    </Command>
  )
}

type Place = { name: string; path: string; needsAdmin?: true }

/** Where a text that is no place's name may be found. */
function searchesFor(project: string, q: string): Place[] {
  return [
    { name: 'In approvals', path: pages.approvals(project, { q }) },
    { name: 'In runs', path: pages.runs(project, { q }) },
    {
      name: 'In the audit log, as a name or id',
      path: pages.audit(project, { target: q }),
      needsAdmin: true,
    },
  ]
}

function placesOf(project: string): Place[] {
  return [
    { name: 'Approvals', path: pages.approvals(project) },
    { name: 'Runs', path: pages.runs(project) },
    { name: 'Agents', path: pages.agents(project) },
    { name: 'Deploy an agent', path: pages.newAgent(project), needsAdmin: true },
    { name: 'Audit', path: pages.audit(project), needsAdmin: true },
    { name: 'Members: invite a person', path: pages.settings(project, 'members') },
    { name: 'Keys', path: pages.settings(project, 'keys') },
    { name: 'Notifications', path: pages.settings(project, 'notifications') },
    { name: 'Webhooks', path: pages.settings(project, 'webhooks'), needsAdmin: true },
    { name: 'Project settings', path: pages.settings(project, 'project') },
    { name: 'Documentation', path: pages.docs() },
  ]
}

const looks: { name: string; change: Partial<Display> }[] = [
  ...displayChoices.theme.map((theme) => ({ name: `Theme: ${theme}`, change: { theme } })),
  ...displayChoices.density.map((density) => ({ name: `Density: ${density}`, change: { density } })),
  ...displayChoices.zone.map((zone) => ({
    name: zone === 'utc' ? 'Times in UTC' : 'Times in my time zone',
    change: { zone },
  })),
]
