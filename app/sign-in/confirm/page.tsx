import type { Metadata } from 'next'
import Link from 'next/link'
import { z } from 'zod'
import { OneButtonForm } from '@/components/sign-in/one-button-form'
import { buttonClass } from '@/components/ui/button'
import { Centered } from '@/components/ui/centered'
import { findSignIn } from '@/lib/members/sign-in-link'
import { pageQuery, type Search } from '@/lib/http/input'
import { pages } from '@/lib/paths'
import { safeReturnTo } from '@/lib/sign-in/return-to'
import { pageDatabase } from '@/lib/sign-in/session'
import * as say from '@/words/pages/sign-in'
import { confirmSignIn } from '../actions'

export const metadata: Metadata = { title: say.confirmSigningIn }

const fields = { token: z.string().max(200), return_to: z.string().max(2000) }

type Props = { searchParams: Promise<Search> }

/** Opened by a mailed link, so by mail scanners too: it looks the token up and spends nothing. */
export default async function ConfirmPage({ searchParams }: Props) {
  const { query } = pageQuery(fields, await searchParams)
  const { token } = query
  const found = token === undefined ? undefined : await findSignIn(pageDatabase(), token)
  if (token === undefined || !found) {
    return (
      <Centered title={say.opensNothing}>
        <p>{say.worksOnce}</p>
        <Link href={pages.signIn()} className={buttonClass()}>
          {say.askForANewOne}
        </Link>
      </Centered>
    )
  }
  return (
    <Centered title={say.signInToHoldpoint}>
      <p>{say.willBeSignedIn(<strong className="text-ink wrap-anywhere">{found.email}</strong>)}</p>
      <OneButtonForm action={confirmSignIn} fields={{ token, return_to: safeReturnTo(query.return_to) }}>
        {say.signIn}
      </OneButtonForm>
    </Centered>
  )
}
