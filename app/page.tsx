import { redirect } from 'next/navigation'
import { Centered } from '@/components/ui/centered'
import { listProjectsOfUser } from '@/db/queries/members'
import { isFirstRun } from '@/lib/members/set-up'
import { findUser, pageDatabase } from '@/lib/sign-in/session'

/** Nothing stands here: on to the person's first project, to the first-run set-up, or to signing in. */
export default async function StartPage() {
  const db = pageDatabase()
  const user = await findUser()
  if (!user) redirect((await isFirstRun(db)) ? '/setup' : '/sign-in')
  const [first] = await listProjectsOfUser(db, user.id)
  if (first) redirect(`/${first.slug}/approvals`)
  return (
    <Centered title="You are in no project">
      <p>
        You are signed in as {user.email}, but no project has you as a member. Ask an owner to invite you.
      </p>
    </Centered>
  )
}
