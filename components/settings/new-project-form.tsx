'use client'

import { useState } from 'react'
import { slugOf } from '@/lib/members/project-slug'
import type { CreateProjectInput, ProjectDetails } from '@/lib/members/schemas'
import { pages } from '@/lib/paths'
import * as say from '@/words/settings/new-project-form'
import { Button } from '../ui/button'
import { TextField } from '../ui/text-field'
import { errorOf, TroubleNotice } from '../ui/trouble'
import { useAction, type Action } from '../ui/use-action'

type NewProjectFormProps = {
  /** The project from which it is made. */
  slug: string
  create: Action<CreateProjectInput, ProjectDetails>
}

/** Makes a project and goes there. Its address follows the name until somebody writes another. */
export function NewProjectForm({ slug: from, create }: NewProjectFormProps) {
  const [name, setName] = useState('')
  const [written, setWritten] = useState<string | null>(null)
  const slug = written ?? slugOf(name)
  const { isBusy, trouble, send } = useAction(create, {
    refreshes: false,
    // Another project is another stream and another cache: a whole new page.
    onDone: (made) => window.location.assign(pages.approvals(made.slug)),
  })

  function submit(event: React.FormEvent) {
    event.preventDefault()
    send(from, { name, ...(slug === '' ? {} : { slug }) })
  }

  return (
    <form onSubmit={submit} noValidate autoComplete="off" className="max-w-lg space-y-5">
      <TextField
        label={say.name}
        hint={say.newNameHint}
        value={name}
        onChange={(event) => setName(event.target.value)}
        error={errorOf(trouble, 'name')}
      />
      <TextField
        label={say.address}
        hint={say.pagesWillBeAt(<span className="font-mono">/{slug === '' ? '…' : slug}</span>)}
        value={slug}
        spellCheck={false}
        autoCapitalize="none"
        onChange={(event) => setWritten(event.target.value)}
        error={errorOf(trouble, 'slug')}
        className="font-mono"
      />
      <TroubleNotice trouble={trouble} />
      <Button type="submit" variant="primary" isBusy={isBusy}>
        {say.makeTheProject}
      </Button>
    </form>
  )
}
