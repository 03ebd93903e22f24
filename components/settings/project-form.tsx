'use client'

import { useState } from 'react'
import type { ProjectDetails, UpdateProjectInput } from '@/lib/members/schemas'
import * as say from '@/words/settings/project-form'
import { Button } from '../ui/button'
import { CheckboxField } from '../ui/checkbox-field'
import { TextField } from '../ui/text-field'
import { Notice } from '../ui/notice'
import { errorOf, TroubleNotice } from '../ui/trouble'
import { useAction, type Action } from '../ui/use-action'
import { RetentionFields, daysOf } from './retention-fields'

type ProjectFormProps = {
  slug: string
  project: ProjectDetails
  isOwner: boolean
  save: Action<UpdateProjectInput, unknown>
}

/** The project's settings. */
export function ProjectForm({ slug, project, isOwner, save }: ProjectFormProps) {
  const [name, setName] = useState(project.name)
  const [allowsOwn, setAllowsOwn] = useState(project.allow_own_request)
  const [deploys, setDeploys] = useState(project.deploys)
  const [auditsRuns, setAuditsRuns] = useState(project.audit_runs)
  const [breaksGlass, setBreaksGlass] = useState(project.break_glass)
  const audit = project.audit_retention_pending?.days ?? project.audit_retention_days
  const [retention, setRetention] = useState({
    runs: String(project.retention_days ?? ''),
    audit: String(audit ?? ''),
  })
  const { isBusy, trouble, send } = useAction(save, { done: say.areSaved })

  function submit(event: React.FormEvent) {
    event.preventDefault()
    const days = {
      retention_days: daysOf(retention.runs),
      ...(isOwner ? { break_glass: breaksGlass } : {}),
      ...(daysOf(retention.audit) === audit ? {} : { audit_retention_days: daysOf(retention.audit) }),
    }
    send(slug, { name, allow_own_request: allowsOwn, deploys, audit_runs: auditsRuns, ...days })
  }

  return (
    <form onSubmit={submit} noValidate autoComplete="off" className="max-w-lg space-y-5">
      <TextField
        label={say.name}
        hint={say.nameHint(`/${slug}`)}
        value={name}
        onChange={(event) => setName(event.target.value)}
        error={errorOf(trouble, 'name')}
      />
      <CheckboxField
        label={say.allowsOwn}
        hint={say.allowsOwnHint}
        checked={allowsOwn}
        onChange={(event) => setAllowsOwn(event.target.checked)}
      />
      {allowsOwn && <Notice tone="warn">{say.allowsOwnWarning}</Notice>}
      <CheckboxField
        label={say.onlyPeopleDeploy}
        hint={say.onlyPeopleDeployHint}
        checked={deploys === 'people'}
        onChange={(event) => setDeploys(event.target.checked ? 'people' : 'anyone')}
      />
      <CheckboxField
        label={say.auditsEveryRun}
        hint={say.auditsEveryRunHint}
        checked={auditsRuns}
        onChange={(event) => setAuditsRuns(event.target.checked)}
      />
      <CheckboxField
        label={say.breaksGlass}
        hint={isOwner ? say.breaksGlassHint : `${say.breaksGlassHint} ${say.onlyOwnersChangeThis}`}
        checked={breaksGlass}
        disabled={!isOwner}
        onChange={(event) => setBreaksGlass(event.target.checked)}
      />
      <RetentionFields
        value={retention}
        onChange={setRetention}
        trouble={trouble}
        pending={project.audit_retention_pending}
        isOwner={isOwner}
      />
      <TroubleNotice trouble={trouble} />
      <Button type="submit" variant="primary" isBusy={isBusy}>
        {say.saveSettings}
      </Button>
    </form>
  )
}
