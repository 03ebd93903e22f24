import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { z } from 'zod'
import { DeviceForm } from '@/components/sign-in/device-form'
import { Button } from '@/components/ui/button'
import { Centered } from '@/components/ui/centered'
import { TextField } from '@/components/ui/field'
import { Fact, Facts, Notice } from '@/components/ui/page-header'
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
import { answerDevice } from './actions'

export const metadata: Metadata = { title: 'Log a command in' }

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
      <Centered title={done === 'allowed' ? 'Logged in' : 'Denied'}>
        <p>
          {done === 'allowed'
            ? 'Go back to the terminal: it goes on within seconds. The token is among yours under Settings, Keys, where you can revoke it.'
            : 'The command is told so. Nothing was made.'}
        </p>
      </Centered>
    )
  }
  if (typed === undefined) return <AskForCode />
  const found = await look(typed, user.id)
  if (typeof found === 'string') return <AskForCode trouble={found} />
  const { code, login } = found
  return (
    <Centered title="Let a command act as you?">
      <p>
        It gets a personal token of <strong className="text-ink wrap-anywhere">{user.email}</strong>: it may
        do all that you may, decisions included.
      </p>
      <Facts>
        <Fact name="Code">
          <strong className="font-mono text-lg text-ink">{code}</strong>
        </Fact>
        <Fact name="It calls itself">
          <UntrustedText text={login.name} singleLine />
        </Fact>
        {login.address !== null && <Fact name="It asks from">{login.address}</Fact>}
        <Fact name="It asked">
          <Moment at={login.createdAt.toISOString()} />
        </Fact>
        <Fact name="Open until">
          <Moment at={login.expiresAt.toISOString()} />
        </Fact>
      </Facts>
      <Notice>
        Go on only if you have just started it yourself, and your terminal shows this code. Whoever sent you
        here otherwise wants to decide in your name.
      </Notice>
      {login.projects.length === 0 ? (
        <p>You are in no project, so there is nothing that it could do. Ask an owner to invite you.</p>
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
    return 'This code is not open. It was mistyped, was used, or its 10 minutes have passed.'
  }
  return { code, login }
}

function AskForCode({ trouble }: { trouble?: string }) {
  return (
    <Centered title="Log a command in">
      <p>
        <code className="code">holdpoint login</code> shows a code of eight letters.
      </p>
      <form action={pages.device()} className="space-y-4" autoComplete="off">
        <TextField
          label="Code"
          name="code"
          required
          autoCapitalize="characters"
          spellCheck={false}
          error={trouble}
        />
        <Button type="submit" variant="primary" size="lg" className="w-full">
          Go on
        </Button>
      </form>
    </Centered>
  )
}
