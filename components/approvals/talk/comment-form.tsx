'use client'

import { useState } from 'react'
import useSWR from 'swr'
import type { Listed } from '@/lib/fields'
import type { Member } from '@/lib/members/schemas'
import { api } from '@/lib/paths'
import { plainText } from '@/lib/untrusted/channels'
import * as say from '@/words/approvals/talk/comment-form'
import * as shared from '@/words/shared'
import { useLive } from '../../frame/live'
import { useOwnId } from '../../frame/own-id'
import { Button } from '../../ui/button'
import { SelectField } from '../../ui/select-field'
import { TextAreaField } from '../../ui/text-area-field'
import { focusFirst } from '../../ui/focus-first'
import { Icon } from '../../ui/icon'
import { errorOf, TroubleNotice } from '../../ui/trouble'
import { useAction } from '../../ui/use-action'
import { useDraft } from '../use-draft'
import type { TalkActions } from './talk-context'

type CommentFormProps = {
  project: string
  id: string
  send: TalkActions['comment']
  onDone: () => void
  onClose: () => void
}

/** Says something about a request; whoever is picked is told of it. What was begun stays in this tab. */
export function CommentForm({ project, id, send: comment, onDone, onClose }: CommentFormProps) {
  const [body, setBody] = useDraft(id, 'comment')
  const [told, setTold] = useState<Member[]>([])
  const { pass } = useLive()
  const { isBusy, trouble, send } = useAction(comment, {
    refreshes: false,
    onDone: () => {
      setBody('')
      onDone()
      pass([{ id }])
      onClose()
    },
  })
  return (
    <form
      ref={focusFirst}
      noValidate
      className="space-y-2"
      onSubmit={(event) => {
        event.preventDefault()
        send(project, { id, body, ...(told.length > 0 && { mention: told.map((one) => one.id) }) })
      }}
    >
      <TextAreaField
        label={say.comment}
        isLabelHidden
        rows={2}
        maxLength={4096}
        value={body}
        onChange={(event) => setBody(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.metaKey || event.ctrlKey))
            event.currentTarget.form?.requestSubmit()
          if (event.key === 'Escape') onClose()
        }}
        placeholder={say.forEverybody}
        error={errorOf(trouble, 'body')}
      />
      <div className="flex flex-wrap items-center gap-1.5">
        <Tell project={project} told={told} onTold={setTold} />
        <span className="ml-auto flex gap-1.5">
          <Button size="sm" variant="ghost" onClick={onClose}>
            {shared.cancel}
          </Button>
          <Button size="sm" type="submit" isBusy={isBusy}>
            {say.sayIt}
          </Button>
        </span>
      </div>
      <TroubleNotice trouble={trouble} />
    </form>
  )
}

type TellProps = { project: string; told: Member[]; onTold: (told: Member[]) => void }

/** Picks members who are told of it. */
function Tell({ project, told, onTold }: TellProps) {
  const own = useOwnId()
  const { data } = useSWR<Listed<Member>>(api.members(project, { limit: 100 }))
  const others = data?.items.filter((one) => one.id !== own && !told.includes(one)) ?? []
  return (
    <>
      {told.map((one) => (
        <button
          key={one.id}
          type="button"
          aria-label={say.doNotTell(nameOf(one))}
          onClick={() => onTold(told.filter((other) => other !== one))}
          className="flex h-7 items-center gap-1 rounded-full bg-sunken px-2.5 text-xs pointer-coarse:h-9"
        >
          <bdi>{nameOf(one)}</bdi>
          <Icon name="close" className="size-3! text-muted" />
        </button>
      ))}
      {others.length > 0 && told.length < 20 && (
        <SelectField
          label={say.tellSomebody}
          isLabelHidden
          value=""
          className="h-7! w-40! text-xs! pointer-coarse:h-9!"
          onChange={(event) => {
            const found = others.find((one) => one.id === event.target.value)
            if (found) onTold([...told, found])
          }}
        >
          <option value="">{say.tellSomebodyChoice}</option>
          {others.map((one) => (
            <option key={one.id} value={one.id}>
              {nameOf(one)}
            </option>
          ))}
        </SelectField>
      )}
    </>
  )
}

function nameOf({ name, email }: Member): string {
  return plainText(name ?? email, { singleLine: true, maxCharacters: 60 })
}
