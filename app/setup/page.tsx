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
import { setUpHoldpoint } from './actions'

export const metadata: Metadata = { title: 'First set-up' }

type Props = { searchParams: Promise<Search> }

/** Open while nobody is known, to whoever can read the server's terminal. */
export default async function SetupPage({ searchParams }: Props) {
  if (!(await isFirstRun(pageDatabase()))) redirect(pages.signIn())
  const { code } = pageQuery({ code: z.string().max(200) }, await searchParams).query
  if (code === undefined || !isSetupCode(settings().authSecret, code)) {
    return (
      <Centered title="Set Holdpoint up">
        <p>
          Nobody is known here yet. The terminal of the server shows a link to this page with a code; open
          that one.
        </p>
        <Command text="npm run --silent admin -- setup-link" />
      </Centered>
    )
  }
  return (
    <Centered title="Set Holdpoint up">
      <p>This makes the first project, with you as its owner.</p>
      <SetupForm action={setUpHoldpoint} code={code} />
    </Centered>
  )
}
