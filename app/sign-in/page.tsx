import type { Metadata } from 'next'
import Link from 'next/link'
import { redirect } from 'next/navigation'
import { z } from 'zod'
import { LinkForm } from '@/components/sign-in/link-form'
import { ProviderButtons } from '@/components/sign-in/provider-buttons'
import { Centered } from '@/components/ui/centered'
import { Notice } from '@/components/ui/page-header'
import { keepsMails, settings } from '@/lib/env'
import { isFirstRun } from '@/lib/members/set-up'
import { pages } from '@/lib/paths'
import { providersOf } from '@/lib/sign-in/providers'
import { pageQuery, type Search } from '@/lib/http/input'
import { safeReturnTo } from '@/lib/sign-in/return-to'
import { findUser, pageDatabase } from '@/lib/sign-in/session'
import { requestLink } from './actions'

export const metadata: Metadata = { title: 'Sign in' }

type Props = { searchParams: Promise<Search> }

const text = z.string().max(2000)
const fields = { return_to: text, callbackUrl: text, error: text }

const refusals: Record<string, string> = {
  unknown: 'Nobody with that e-mail is known here. Ask an owner of the project to invite you.',
  unverified: 'The provider did not say that your e-mail is verified, so it cannot open an account here.',
  AccessDenied: 'The provider did not let you in.',
}

export default async function SignInPage({ searchParams }: Props) {
  const { query } = pageQuery(fields, await searchParams)
  const returnTo = safeReturnTo(query.return_to ?? query.callbackUrl)
  const { error } = query
  const user = await findUser()
  if (await isFirstRun(pageDatabase())) redirect(pages.setup())
  const setting = settings()
  const providers = providersOf(setting).map(({ id, name }) => ({ id, name }))
  const isKept = setting.resendApiKey === undefined
  return (
    <Centered title="Sign in to Holdpoint">
      {error !== undefined && (
        <Notice tone="danger">
          {Object.hasOwn(refusals, error)
            ? refusals[error]
            : 'Signing in did not work. Start again from here.'}
        </Notice>
      )}
      {user && (
        <Notice>
          You are signed in as {user.email}.{' '}
          <Link href={returnTo} className="font-medium text-accent hover:underline">
            Go on
          </Link>
        </Notice>
      )}
      <LinkForm action={requestLink} returnTo={returnTo} />
      {providers.length > 0 && <ProviderButtons providers={providers} returnTo={returnTo} />}
      {isKept && (
        <p className="text-sm">
          No mail service is set up:{' '}
          {keepsMails(setting)
            ? 'mails are kept on this server, and the link is shown on its terminal. '
            : ''}
          An operator can make one with{' '}
          <code className="code">npm run admin -- link --email you@example.com</code>.
        </p>
      )}
    </Centered>
  )
}
