import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { z } from 'zod'
import { SetupForm } from '@/components/sign-in/setup-form'
import { Centered } from '@/components/ui/centered'
import { Command } from '@/components/ui/empty-state'
import { settings } from '@/lib/env'
import { isFirstRun } from '@/lib/members/set-up'
import { pageQuery, type Search } from '@/lib/http/input'
import { pages } from '@/lib/paths'
import { pageDatabase } from '@/lib/sign-in/session'
import { isSetupCode } from '@/lib/sign-in/setup-code'
import * as say from '@/words/pages/setup'
import { setUpHoldpoint } from './actions'

export const metadata: Metadata = { title: say.firstSetUp }

type Props = { searchParams: Promise<Search> }

/** Open while nobody is known, to whoever can read the server's terminal. */
export default async function SetupPage({ searchParams }: Props) {
  if (!(await isFirstRun(pageDatabase()))) redirect(pages.signIn())
  const { code } = pageQuery({ code: z.string().max(200) }, await searchParams).query
  if (code === undefined || !isSetupCode(settings().authSecret, code)) {
    return (
      <Centered title={say.setUpHoldpoint}>
        <p>{say.openTheLinkWithACode}</p>
        <Command text="npm run --silent admin -- setup-link" />
      </Centered>
    )
  }
  return (
    <Centered title={say.setUpHoldpoint}>
      <p>{say.makesTheFirstProject}</p>
      <SetupForm action={setUpHoldpoint} code={code} />
    </Centered>
  )
}
