import type { Metadata } from 'next'
import Link from 'next/link'
import { OneButtonForm } from '@/components/sign-in/one-button-form'
import { buttonClass } from '@/components/ui/button'
import { Centered } from '@/components/ui/centered'
import { findSignIn } from '@/lib/members/sign-in-link'
import { safeReturnTo } from '@/lib/web/return-to'
import { pageDatabase } from '@/lib/web/session'
import { confirmSignIn } from '../actions'

export const metadata: Metadata = { title: 'Confirm signing in' }

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> }

/** Opened by a mailed link, so by mail scanners too: it looks the token up and spends nothing. */
export default async function ConfirmPage({ searchParams }: Props) {
  const query = await searchParams
  const token = typeof query.token === 'string' ? query.token.slice(0, 200) : ''
  const found = token === '' ? undefined : await findSignIn(pageDatabase(), token)
  if (!found) {
    return (
      <Centered title="This link opens nothing any more">
        <p>A sign-in link works once, within 15 minutes.</p>
        <Link href="/sign-in" className={buttonClass()}>
          Ask for a new one
        </Link>
      </Centered>
    )
  }
  return (
    <Centered title="Sign in to Holdpoint">
      <p>
        This browser will be signed in as <strong className="text-ink wrap-anywhere">{found.email}</strong>{' '}
        for 30 days.
      </p>
      <OneButtonForm action={confirmSignIn} fields={{ token, return_to: safeReturnTo(query.return_to) }}>
        Sign in
      </OneButtonForm>
    </Centered>
  )
}
