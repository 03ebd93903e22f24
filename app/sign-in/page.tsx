import type { Metadata } from 'next'
import Link from 'next/link'
import { redirect } from 'next/navigation'
import { z } from 'zod'
import { LinkForm } from '@/components/sign-in/link-form'
import { ProviderButtons } from '@/components/sign-in/provider-buttons'
import { Centered } from '@/components/ui/centered'
import { Notice } from '@/components/ui/notice'
import { keepsMails, settings } from '@/lib/env'
import { isFirstRun } from '@/lib/members/set-up'
import { pages } from '@/lib/paths'
import { providersOf } from '@/lib/sign-in/providers'
import { pageQuery, type Search } from '@/lib/http/input'
import { safeReturnTo } from '@/lib/sign-in/return-to'
import { findUser, pageDatabase } from '@/lib/sign-in/session'
import * as say from '@/words/pages/sign-in'
import { requestLink } from './actions'

export const metadata: Metadata = { title: say.signIn }

type Props = { searchParams: Promise<Search> }

const text = z.string().max(2000)
const fields = { return_to: text, callbackUrl: text, error: text }

const refusals: Record<string, string> = {
  unknown: say.unknownEmail,
  unverified: say.unverifiedEmail,
  AccessDenied: say.notLetIn,
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
    <Centered title={say.signInToHoldpoint}>
      {error !== undefined && (
        <Notice tone="danger">{Object.hasOwn(refusals, error) ? refusals[error] : say.didNotWork}</Notice>
      )}
      {user && (
        <Notice>
          {say.signedInAs(
            user.email,
            <Link href={returnTo} className="font-medium text-accent hover:underline">
              {say.goOn}
            </Link>,
          )}
        </Notice>
      )}
      <LinkForm action={requestLink} returnTo={returnTo} />
      {providers.length > 0 && <ProviderButtons providers={providers} returnTo={returnTo} />}
      {isKept && (
        <p className="text-sm">
          {(keepsMails(setting) ? say.mailsAreKept : say.noMailService)(
            <code className="code">npm run admin -- link --email you@example.com</code>,
          )}
        </p>
      )}
    </Centered>
  )
}
