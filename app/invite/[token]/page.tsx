import type { Metadata } from 'next'
import Link from 'next/link'
import { z } from 'zod'
import { OneButtonForm } from '@/components/sign-in/one-button-form'
import { buttonClass } from '@/components/ui/button'
import { Centered } from '@/components/ui/centered'
import { Fact, Facts } from '@/components/ui/page-header'
import { Moment } from '@/components/ui/time'
import { findOpenInvitation } from '@/lib/members/accept-invitation'
import { pageParams } from '@/lib/http/page-input'
import { pages } from '@/lib/paths'
import { pageDatabase } from '@/lib/sign-in/session'
import { acceptInvite } from './actions'

export const metadata: Metadata = { title: 'Invitation' }

const Address = z.object({ token: z.string().max(200) })

type Props = { params: Promise<{ token: string }> }

/** Opened by a link, so by mail scanners too: it shows the invitation and accepts nothing. */
export default async function InvitePage({ params }: Props) {
  const { token } = await pageParams(Address, params)
  const invitation = await findOpenInvitation(pageDatabase(), token)
  if (!invitation) {
    return (
      <Centered title="This invitation is not open any more">
        <p>
          It was accepted, renewed or withdrawn, or its seven days have passed. If you have joined already,
          sign in.
        </p>
        <Link href={pages.signIn()} className={buttonClass()}>
          Sign in
        </Link>
      </Centered>
    )
  }
  const { project, user, role, expiresAt } = invitation
  return (
    <Centered title={`Join ${project.name}`}>
      <Facts>
        <Fact name="Project">{project.name}</Fact>
        <Fact name="E-mail">{user.email}</Fact>
        <Fact name="Role">{role}</Fact>
        <Fact name="Open until">
          <Moment at={expiresAt.toISOString()} />
        </Fact>
      </Facts>
      <OneButtonForm action={acceptInvite} fields={{ token }}>
        Accept the invitation
      </OneButtonForm>
      <p className="text-sm">
        Accepting signs this browser in as {user.email}. If you use Holdpoint already, you may have to{' '}
        <Link href={pages.signIn({ return_to: pages.invitation(token) })} className="text-accent underline">
          sign in
        </Link>{' '}
        first.
      </p>
    </Centered>
  )
}
