'use client'

import Link from 'next/link'
import { useEffect, useRef, useState } from 'react'
import { pages } from '@/lib/paths'
import type { View } from '@/lib/views/schemas'
import * as say from '@/words/approvals/views/views-dialog'
import * as shared from '@/words/shared'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { CheckboxField } from '../../ui/checkbox-field'
import { TextField } from '../../ui/text-field'
import { focusFirst } from '../../ui/focus-first'
import { errorOf, TroubleNotice } from '../../ui/trouble'
import { useAction, type Action } from '../../ui/use-action'
import type { QueueFilter } from '../filter'

export type ViewActions = {
  save: Action<{ name: string; filter: QueueFilter; scope: View['scope']; is_default: boolean }, View>
  change: Action<{ id: string; is_default?: boolean; name?: string }, View>
  remove: Action<{ id: string }, unknown>
}

type ViewsDialogProps = {
  project: string
  filter: QueueFilter
  views: View[]
  actions: ViewActions
  /** Whether they may save and delete what everybody sees. */
  isAdmin: boolean
  onClose: () => void
}

/** Saves what is shown under a name, and says what was saved. */
export default function ViewsDialog(props: ViewsDialogProps) {
  const { project, filter, views, actions, isAdmin, onClose } = props
  const [name, setName] = useState('')
  const [isShared, setShared] = useState(false)
  const [isFirst, setFirst] = useState(false)
  const [firstId, setFirstId] = useState(() => views.find((view) => view.is_default)?.id)
  const { isBusy, trouble, send } = useAction(actions.save, {
    done: (view) => say.isSaved(view.name),
    onDone: onClose,
  })
  return (
    <Dialog isOpen onClose={onClose} title={say.views} description={say.whatViewsAre}>
      <form
        noValidate
        className="space-y-3"
        onSubmit={(event) => {
          event.preventDefault()
          send(project, { name, filter, scope: isShared ? 'project' : 'personal', is_default: isFirst })
        }}
      >
        <TextField
          label={say.name}
          autoComplete="off"
          maxLength={60}
          value={name}
          onChange={({ target }) => setName(target.value)}
          error={errorOf(trouble, 'name')}
        />
        {isAdmin && (
          <CheckboxField
            label={say.forEverybodyInTheProject}
            checked={isShared}
            onChange={({ target }) => setShared(target.checked)}
          />
        )}
        <CheckboxField
          label={say.beginWithIt}
          checked={isFirst}
          onChange={({ target }) => setFirst(target.checked)}
        />
        <TroubleNotice trouble={trouble} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{shared.cancel}</Button>
          <Button type="submit" variant="primary" isBusy={isBusy}>
            {say.saveView}
          </Button>
        </div>
      </form>
      {views.length > 0 && (
        <ul aria-label={say.savedViews} className="mt-4 divide-y divide-line border-t border-line text-sm">
          {views.map((view) => (
            <SavedView
              key={view.id}
              project={project}
              view={view}
              isFirst={view.id === firstId}
              onFirst={setFirstId}
              actions={actions}
              mayChange={isAdmin || view.scope === 'personal'}
              onOpen={onClose}
            />
          ))}
        </ul>
      )}
    </Dialog>
  )
}

type SavedViewProps = {
  project: string
  view: View
  isFirst: boolean
  onFirst: (id: string | undefined) => void
  actions: ViewActions
  /** Whether they may rename and delete it. */
  mayChange: boolean
  onOpen: () => void
}

function SavedView(props: SavedViewProps) {
  const { project, view, isFirst, onFirst, actions, mayChange, onOpen } = props
  const [isRenaming, setRenaming] = useState(false)
  const opener = useRef<HTMLButtonElement>(null)
  // The page is not rendered anew: without a word in its address it would at once become what is begun with.
  const change = useAction(actions.change, {
    refreshes: false,
    onDone: ({ id, is_default: isIt }) => onFirst(isIt ? id : undefined),
  })
  const wasRenaming = useRef(false)
  useEffect(() => {
    if (wasRenaming.current && !isRenaming) opener.current?.focus()
    wasRenaming.current = isRenaming
  }, [isRenaming])
  const remove = useAction(actions.remove, { done: say.isDeleted(view.name) })
  if (isRenaming) {
    return (
      <li className="py-2">
        <RenameForm
          project={project}
          view={view}
          change={actions.change}
          onClose={() => setRenaming(false)}
        />
      </li>
    )
  }
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2">
      <Link
        href={pages.approvals(project, view.filter)}
        onClick={onOpen}
        className="link min-w-0 flex-1 truncate max-sm:flex-none max-sm:basis-full"
      >
        <bdi>{view.name}</bdi>
      </Link>
      {view.scope === 'project' && <span className="text-xs text-muted">{say.everybodys}</span>}
      <Button
        size="sm"
        variant="ghost"
        isBusy={change.isBusy}
        onClick={() => change.send(project, { id: view.id, is_default: !isFirst })}
      >
        {isFirst ? say.beginsWithIt : say.beginWithIt}
      </Button>
      {mayChange && (
        <Button
          ref={opener}
          size="sm"
          variant="ghost"
          aria-label={say.renameNamed(view.name)}
          onClick={() => setRenaming(true)}
        >
          {say.renameButton}
        </Button>
      )}
      {mayChange && (
        <Button
          size="sm"
          variant="danger-quiet"
          aria-label={say.deleteNamed(view.name)}
          isBusy={remove.isBusy}
          onClick={() => remove.send(project, { id: view.id })}
        >
          {say.deleteIt}
        </Button>
      )}
      <TroubleNotice trouble={change.trouble ?? remove.trouble} />
    </li>
  )
}

type RenameFormProps = { project: string; view: View; change: ViewActions['change']; onClose: () => void }

function RenameForm({ project, view, change, onClose }: RenameFormProps) {
  const [name, setName] = useState(view.name)
  const { isBusy, trouble, send } = useAction(change, {
    done: (renamed) => say.isCalledNow(renamed.name),
    onDone: onClose,
  })
  return (
    <form
      ref={focusFirst}
      noValidate
      className="flex flex-wrap items-end gap-2"
      onSubmit={(event) => {
        event.preventDefault()
        send(project, { id: view.id, name })
      }}
    >
      <TextField
        label={say.newNameOf(view.name)}
        autoComplete="off"
        frameClassName="min-w-40 flex-1"
        maxLength={60}
        value={name}
        onChange={({ target }) => setName(target.value)}
        error={errorOf(trouble, 'name')}
      />
      <Button type="submit" variant="primary" isBusy={isBusy}>
        {say.rename}
      </Button>
      <Button onClick={onClose}>{shared.cancel}</Button>
      <TroubleNotice trouble={trouble} />
    </form>
  )
}
