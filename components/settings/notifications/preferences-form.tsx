'use client'

import { useState } from 'react'
import type { NoticePreferences } from '@/lib/notices/schemas'
import * as say from '@/words/settings/notifications/preferences-form'
import { Button } from '../../ui/button'
import { useNow } from '../../ui/clock'
import { momentWords } from '../../ui/duration'
import { CheckboxField } from '../../ui/checkbox-field'
import { SelectField } from '../../ui/select-field'
import { TextAreaField } from '../../ui/text-area-field'
import { useClockChoice } from '../../ui/time'
import { TroubleNotice, type Trouble } from '../../ui/trouble'
import { useAction, type Action } from '../../ui/use-action'

type PreferencesFormProps = {
  slug: string
  email: string
  preferences: NoticePreferences
  save: Action<NoticePreferences, NoticePreferences>
}

const spans = [
  { hours: 1, words: say.forAnHour },
  { hours: 8, words: say.for8Hours },
  { hours: 24, words: say.forADay },
  { hours: 168, words: say.forAWeek },
]

/** How the person wants to hear of the project's requests. */
export function PreferencesForm({ slug, email, preferences, save }: PreferencesFormProps) {
  const [byMail, setByMail] = useState(preferences.email)
  const [inApp, setInApp] = useState(preferences.in_app)
  const [agents, setAgents] = useState(preferences.agents.join('\n'))
  const [tools, setTools] = useState(preferences.tools.join('\n'))
  const [mute, setMute] = useState('keep')
  const [mutedUntil, setMutedUntil] = useState(preferences.muted_until)
  const { isBusy, trouble, send } = useAction(save, {
    done: say.areSaved,
    onDone: (saved) => {
      setMutedUntil(saved.muted_until)
      setMute('keep')
    },
  })

  function submit(event: React.FormEvent) {
    event.preventDefault()
    const muted_until = mute === 'keep' ? mutedUntil : mute === 'off' ? null : hoursFromNow(Number(mute))
    send(slug, {
      email: byMail,
      in_app: inApp,
      agents: linesOf(agents),
      tools: linesOf(tools),
      muted_until,
    })
  }

  return (
    <form onSubmit={submit} noValidate autoComplete="off" className="max-w-lg space-y-5">
      <CheckboxField
        label={say.email}
        hint={say.emailHint(email)}
        checked={byMail}
        onChange={(event) => setByMail(event.target.checked)}
      />
      <CheckboxField
        label={say.inTheConsole}
        hint={say.bellHint}
        checked={inApp}
        onChange={(event) => setInApp(event.target.checked)}
      />
      <TextAreaField
        label={say.onlyTheseAgents}
        hint={say.agentsHint}
        isOptional
        spellCheck={false}
        className="code"
        value={agents}
        onChange={(event) => setAgents(event.target.value)}
        error={errorIn(trouble, 'agents')}
      />
      <TextAreaField
        label={say.onlyTheseTools}
        hint={say.toolsHint}
        isOptional
        spellCheck={false}
        className="code"
        value={tools}
        onChange={(event) => setTools(event.target.value)}
        error={errorIn(trouble, 'tools')}
      />
      <MuteField mutedUntil={mutedUntil} value={mute} onChange={setMute} />
      <TroubleNotice trouble={trouble} />
      <Button type="submit" variant="primary" isBusy={isBusy}>
        {say.save}
      </Button>
    </form>
  )
}

type MuteFieldProps = { mutedUntil: string | null; value: string; onChange: (value: string) => void }

function MuteField({ mutedUntil, value, onChange }: MuteFieldProps) {
  const choice = useClockChoice()
  const now = useNow()
  const until = mutedUntil === null ? null : momentWords(mutedUntil, choice)
  const isMuted = mutedUntil !== null && Date.parse(mutedUntil) > now
  return (
    <SelectField
      label={say.muteEverything}
      hint={say.muteHint}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      frameClassName="w-80 max-w-full"
    >
      <option value="keep">{isMuted ? say.mutedUntil(until ?? '') : say.notMuted}</option>
      {isMuted && <option value="off">{say.notMutedAnyMore}</option>}
      {spans.map(({ hours, words }) => (
        <option key={hours} value={hours}>
          {words}
        </option>
      ))}
    </SelectField>
  )
}

function linesOf(text: string): string[] {
  return text
    .split(/[\n,]/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

function hoursFromNow(hours: number): string {
  return new Date(Date.now() + hours * 3_600_000).toISOString()
}

/** What is wrong with a list or one of its lines. */
function errorIn(trouble: Trouble | null, field: string): string | undefined {
  return trouble?.errors?.find((one) => one.pointer === `/${field}` || one.pointer.startsWith(`/${field}/`))
    ?.detail
}
