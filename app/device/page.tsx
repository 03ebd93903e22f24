import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { z } from 'zod'
import { DeviceForm } from '@/components/sign-in/device-form'
import { Button } from '@/components/ui/button'
import { Centered } from '@/components/ui/centered'
import { TextField } from '@/components/ui/text-field'
import { Fact, Facts } from '@/components/ui/facts'
import { Notice } from '@/components/ui/notice'
import { Moment } from '@/components/ui/time'
import { UntrustedText } from '@/components/ui/untrusted-text'
import { readUserCode } from '@/lib/device-login/code'
import { findDeviceLogin } from '@/lib/device-login/settle'
import { settings } from '@/lib/env'
import { countAttempt } from '@/lib/http/address-limit'
import { countedAddress } from '@/lib/http/caller'
import { pageQuery, type Search } from '@/lib/http/input'
import { pages } from '@/lib/paths'
import { findUser, pageDatabase, pageOrigin } from '@/lib/sign-in/session'
import * as say from '@/words/pages/device'
import { answerDevice } from './actions'

export const metadata: Metadata = { title: say.logACommandIn }

type Props = { searchParams: Promise<Search> }

const fields = { code: z.string().max(100), done: z.enum(['allowed', 'denied']) }

/** Where a person confirms the login of a command (RFC 8628): opening it, with a code or without, confirms nothing. */
export default async function DevicePage({ searchParams }: Props) {
  const { code: typed, done } = pageQuery(fields, await searchParams).query
  const user = await findUser()
  if (!user) {
    redirect(pages.signIn({ return_to: pages.device(typed === undefined ? {} : { code: typed }) }))
  }
  if (done !== undefined) {
    return (
      <Centered title={done === 'allowed' ? say.loggedIn : say.denied}>
        <p>{done === 'allowed' ? say.goBackToTheTerminal : say.wasDenied}</p>
      </Centered>
    )
  }
  if (typed === undefined) return <AskForCode />
  const found = await look(typed, user.id)
  if (typeof found === 'string') return <AskForCode trouble={found} />
  const { code, login } = found
  return (
    <Centered title={say.letACommandAct}>
      <p>{say.whatItGets(<strong className="text-ink wrap-anywhere">{user.email}</strong>)}</p>
      <Facts>
        <Fact name={say.code}>
          <strong className="font-mono text-lg text-ink">{code}</strong>
        </Fact>
        <Fact name={say.callsItself}>
          <UntrustedText text={login.name} singleLine />
        </Fact>
        {login.address !== null && <Fact name={say.asksFrom}>{login.address}</Fact>}
        <Fact name={say.asked}>
          <Moment at={login.createdAt.toISOString()} />
        </Fact>
        <Fact name={say.openUntil}>
          <Moment at={login.expiresAt.toISOString()} />
        </Fact>
      </Facts>
      <Notice>{say.onlyIfStartedByYou}</Notice>
      {login.projects.length === 0 ? (
        <p>{say.inNoProject}</p>
      ) : (
        <DeviceForm
          action={answerDevice}
          code={code}
          projects={login.projects.map(({ slug, name, role }) => ({ slug, name, role }))}
        />
      )}
    </Centered>
  )
}

/** Codes are few enough to be guessed by who may try for long. */
async function look(typed: string, userId: string) {
  const { rateLimitPerMinute } = settings()
  const { address } = await pageOrigin()
  try {
    countAttempt('device-code', countedAddress(address), rateLimitPerMinute, performance.now())
  } catch (error) {
    return (error as Error).message
  }
  const code = readUserCode(typed)
  const login = code === undefined ? undefined : await findDeviceLogin(pageDatabase(), code, userId)
  if (code === undefined || !login) {
    return say.codeIsNotOpen
  }
  return { code, login }
}

function AskForCode({ trouble }: { trouble?: string }) {
  return (
    <Centered title={say.logACommandIn}>
      <p>{say.showsACode(<code className="code">holdpoint login</code>)}</p>
      <form action={pages.device()} className="space-y-4" autoComplete="off">
        <TextField
          label={say.code}
          name="code"
          required
          autoCapitalize="characters"
          spellCheck={false}
          error={trouble}
        />
        <Button type="submit" variant="primary" size="lg" className="w-full">
          {say.goOn}
        </Button>
      </form>
    </Centered>
  )
}
