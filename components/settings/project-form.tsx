'use client'

import { useState } from 'react'
import type { ProjectDetails, UpdateProjectInput } from '@/lib/members/schemas'
import { Button } from '../ui/button'
import { CheckboxField, TextField } from '../ui/field'
import { Notice } from '../ui/page-header'
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
  const { isBusy, trouble, send } = useAction(save, { done: 'The project’s settings are saved.' })

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
        label="Name"
        hint={`The address of its pages stays /${slug}.`}
        value={name}
        onChange={(event) => setName(event.target.value)}
        error={errorOf(trouble, 'name')}
      />
      <CheckboxField
        label="People may decide on requests made on their own behalf"
        hint="Off, a member cannot decide on a run that names them as its initiator."
        checked={allowsOwn}
        onChange={(event) => setAllowsOwn(event.target.checked)}
      />
      {allowsOwn && (
        <Notice tone="warn">
          With this on, one person can both start a sensitive call and approve it: nobody else needs to look.
        </Notice>
      )}
      <CheckboxField
        label="Only people deploy policies"
        hint="On, every deploy with an agent key is refused, whatever its scopes; admins deploy on the Agents page or with their personal tokens. Off, a key with the scope deploy may."
        checked={deploys === 'people'}
        onChange={(event) => setDeploys(event.target.checked ? 'people' : 'anyone')}
      />
      <CheckboxField
        label="The audit log tells of every run"
        hint="An entry more where a run begins and where it ends, beside those of its approvals."
        checked={auditsRuns}
        onChange={(event) => setAuditsRuns(event.target.checked)}
      />
      <CheckboxField
        label="Owners and admins may break the glass"
        hint={`On, they may approve against what a policy demands of who decides, with a reason; everybody who may decide is told at once. Never while the agent is paused.${isOwner ? '' : ' Only owners change this.'}`}
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
        Save settings
      </Button>
    </form>
  )
}
