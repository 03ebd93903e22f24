import type { Metadata } from 'next'
import { PreferencesForm } from '@/components/settings/notifications/preferences-form'
import { QuietHoursForm } from '@/components/settings/notifications/quiet-hours-form'
import { Notice } from '@/components/ui/notice'
import { PageHeader } from '@/components/ui/page-header'
import { Section } from '@/components/ui/section'
import { hasRole } from '@/lib/context'
import { readNoticePreferences, readOwnQuietHours } from '@/lib/notices/preferences'
import { requireMember } from '@/lib/sign-in/session'
import * as say from '@/words/pages/settings-notifications'
import { savePreferences, saveQuietHours } from './actions'

export const metadata: Metadata = { title: say.notifications }

export default async function NotificationsPage({ params }: { params: Promise<{ project: string }> }) {
  const ctx = await requireMember((await params).project)
  const [preferences, hours] = await Promise.all([readNoticePreferences(ctx), readOwnQuietHours(ctx)])
  return (
    <>
      <PageHeader title={say.notifications} note={say.howYouHear} />
      {!hasRole(ctx.actor.role, 'reviewer') && (
        <div className="mb-5 max-w-lg">
          <Notice>{say.viewersAreToldOfNothing}</Notice>
        </div>
      )}
      <PreferencesForm
        slug={ctx.project.slug}
        email={ctx.actor.email}
        preferences={preferences}
        save={savePreferences}
      />
      <Section className="mt-10 mb-8" title={say.quietHours} note={say.whatQuietHoursAre}>
        <QuietHoursForm slug={ctx.project.slug} hours={hours} save={saveQuietHours} />
      </Section>
    </>
  )
}
