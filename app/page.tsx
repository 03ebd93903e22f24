import { redirect } from 'next/navigation'
import { Centered } from '@/components/ui/centered'
import { listProjectsOfUser } from '@/db/queries/members'
import { isFirstRun } from '@/lib/members/set-up'
import { pages } from '@/lib/paths'
import { findUser, pageDatabase } from '@/lib/sign-in/session'
import * as say from '@/words/pages/start'

/** Nothing stands here: on to the person's first project, to the first-run set-up, or to signing in. */
export default async function StartPage() {
  const db = pageDatabase()
  const user = await findUser()
  if (!user) redirect((await isFirstRun(db)) ? pages.setup() : pages.signIn())
  const [first] = await listProjectsOfUser(db, user.id)
  if (first) redirect(pages.approvals(first.slug))
  return (
    <Centered title={say.inNoProject}>
      <p>{say.signedInButInNoProject(user.email)}</p>
    </Centered>
  )
}
