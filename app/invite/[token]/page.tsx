import type { Metadata } from 'next'
import Link from 'next/link'
import { z } from 'zod'
import { OneButtonForm } from '@/components/sign-in/one-button-form'
import { buttonClass } from '@/components/ui/button'
import { Centered } from '@/components/ui/centered'
import { Fact, Facts } from '@/components/ui/facts'
import { roleWord } from '@/components/ui/role-word'
import { Moment } from '@/components/ui/time'
import { findOpenInvitation } from '@/lib/members/accept-invitation'
import { pageParams } from '@/lib/http/page-input'
import { pages } from '@/lib/paths'
import { pageDatabase } from '@/lib/sign-in/session'
import * as say from '@/words/pages/invite'
import { acceptInvite } from './actions'

export const metadata: Metadata = { title: say.invitation }

const Address = z.object({ token: z.string().max(200) })

type Props = { params: Promise<{ token: string }> }

/** Opened by a link, so by mail scanners too: it shows the invitation and accepts nothing. */
export default async function InvitePage({ params }: Props) {
  const { token } = await pageParams(Address, params)
  const invitation = await findOpenInvitation(pageDatabase(), token)
  if (!invitation) {
    return (
      <Centered title={say.notOpenAnyMore}>
        <p>{say.itWasAccepted}</p>
        <Link href={pages.signIn()} className={buttonClass()}>
          {say.signIn}
        </Link>
      </Centered>
    )
  }
  const { project, user, role, expiresAt } = invitation
  return (
    <Centered title={say.join(project.name)}>
      <Facts>
        <Fact name={say.project}>{project.name}</Fact>
        <Fact name={say.email}>{user.email}</Fact>
        <Fact name={say.role}>{roleWord(role)}</Fact>
        <Fact name={say.openUntil}>
          <Moment at={expiresAt.toISOString()} />
        </Fact>
      </Facts>
      <OneButtonForm action={acceptInvite} fields={{ token }}>
        {say.acceptTheInvitation}
      </OneButtonForm>
      <p className="text-sm">
        {say.acceptingSignsIn(
          user.email,
          <Link href={pages.signIn({ return_to: pages.invitation(token) })} className="text-accent underline">
            {say.signInInside}
          </Link>,
        )}
      </p>
    </Centered>
  )
}
