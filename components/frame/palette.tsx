'use client'

import * as RadixDialog from '@radix-ui/react-dialog'
import { Command as Listbox } from 'cmdk'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { hasRole } from '@/lib/context'
import * as say from '@/words/frame/palette'
import * as shared from '@/words/shared'
import { Icon } from '../ui/icon'
import { Kbd } from '../ui/kbd'
import { useDisplay } from '../ui/display-context'
import { useFrameFocus } from '../ui/use-frame-focus'
import { commandsOf, offered, type Command } from './commands'
import { follow } from './follow'
import type { Person, ProjectLink } from './frame'
import { useSignOut } from './sign-out'
import { useFound } from './use-found'

type PaletteProps = {
  isOpen: boolean
  onClose: () => void
  onKeys: () => void
  project: ProjectLink
  projects: ProjectLink[]
  mayCreate: boolean
  person: Person
}

/** All that can be gone to and done, from one field: places, agents, requests and runs, settings, the documentation. */
export function Palette({ isOpen, onClose, ...rest }: PaletteProps) {
  const frameFocus = useFrameFocus()
  return (
    <RadixDialog.Root open={isOpen} onOpenChange={(open) => !open && onClose()}>
      <RadixDialog.Portal>
        <RadixDialog.Overlay className="animate-fade fixed inset-0 z-40 bg-scrim" />
        <RadixDialog.Content
          data-palette=""
          aria-describedby={undefined}
          onOpenAutoFocus={(event) => {
            frameFocus.onOpenAutoFocus(event)
            if (event.currentTarget instanceof HTMLElement)
              event.currentTarget.querySelector('input')?.focus()
          }}
          onCloseAutoFocus={frameFocus.onCloseAutoFocus}
          className="animate-fade fixed inset-x-3 top-[max(0.75rem,12dvh)] z-50 mx-auto max-w-xl overflow-hidden rounded-lg border border-line bg-raised shadow-over focus:outline-none max-md:top-3"
        >
          <RadixDialog.Title className="sr-only">{say.findOrDo}</RadixDialog.Title>
          <Choices {...rest} onClose={onClose} />
        </RadixDialog.Content>
      </RadixDialog.Portal>
    </RadixDialog.Root>
  )
}

function Choices(props: Omit<PaletteProps, 'isOpen'>) {
  const { project, projects, mayCreate, person, onClose, onKeys } = props
  const [typed, setTyped] = useState('')
  const [chosen, setChosen] = useState('')
  const [hasMoved, setMoved] = useState(false)
  const router = useRouter()
  const { display, choose } = useDisplay()
  const { leave } = useSignOut()
  const found = useFound(project.slug, typed, hasRole(person.role, 'admin'))
  const groups = [
    ...found.named,
    ...offered([...commandsOf({ project, projects, mayCreate, person, display }), ...found.agents], typed),
    ...found.matching,
  ]

  // What is found later comes before what was shown meanwhile, but never under the hand of who has chosen.
  const first = groups[0]?.[1][0]?.id ?? ''

  function run(command: Command) {
    onClose()
    if ('act' in command) command.act({ choose, signOut: leave, showKeys: onKeys })
    else if (command.isOtherDocument) follow(command.href)
    else follow(command.href, (href) => router.push(href, { scroll: !command.opensOver }))
  }

  return (
    <Listbox
      label={say.findOrDo}
      shouldFilter={false}
      vimBindings={false}
      loop
      value={hasMoved ? chosen : first}
      onValueChange={setChosen}
      onKeyDown={({ key }) => /^(Arrow|Home|End)/.test(key) && setMoved(true)}
    >
      <div className="flex items-center gap-2.5 border-b border-line px-4">
        <Icon name="search" className="text-faint" />
        <Listbox.Input
          value={typed}
          onValueChange={(next) => {
            setTyped(next)
            setMoved(false)
          }}
          placeholder={say.whatToFind}
          className="h-12 min-w-0 flex-1 bg-transparent text-base focus:outline-none"
        />
        <RadixDialog.Close className="rounded-xs px-1 text-xs text-faint hover:text-ink">
          <span className="md:hidden pointer-coarse:inline">{shared.close}</span>
          <span className="hidden md:inline pointer-coarse:hidden">{say.esc}</span>
          <span className="sr-only">{say.withoutDoingAnything}</span>
        </RadixDialog.Close>
      </div>
      <Listbox.List
        label={say.whatThereIs}
        onPointerMove={() => setMoved(true)}
        className="h-[min(26rem,60dvh)] overflow-y-auto overscroll-contain px-1.5 pt-1 pb-1.5"
      >
        {groups.map(([group, commands]) => (
          <Listbox.Group
            key={group}
            heading={group}
            className="**:[[cmdk-group-heading]]:px-2.5 **:[[cmdk-group-heading]]:pt-2.5 **:[[cmdk-group-heading]]:pb-1 **:[[cmdk-group-heading]]:text-xs **:[[cmdk-group-heading]]:font-medium **:[[cmdk-group-heading]]:text-faint"
          >
            {commands.map((command) => (
              <Line key={command.id} command={command} onSelect={() => run(command)} />
            ))}
          </Listbox.Group>
        ))}
      </Listbox.List>
      <output className="sr-only">{found.isLooking ? say.looking : ''}</output>
    </Listbox>
  )
}

function Line({ command, onSelect }: { command: Command; onSelect: () => void }) {
  const { id, words, note, icon, keys } = command
  return (
    <Listbox.Item
      value={id}
      onSelect={onSelect}
      className="flex h-9 cursor-pointer items-center gap-2.5 rounded-sm px-2.5 text-sm data-[selected=true]:bg-accent-soft pointer-coarse:h-11"
    >
      <Icon name={icon} className="text-muted" />
      <bdi className="min-w-0 shrink-0 max-w-[70%] truncate">{words}</bdi>
      {note && <bdi className="min-w-0 truncate text-muted">{note}</bdi>}
      {keys && (
        <span className="ml-auto flex gap-1 pl-3 text-faint">
          {keys.map((key, at) => (
            <Kbd key={at}>{key}</Kbd>
          ))}
        </span>
      )}
    </Listbox.Item>
  )
}
