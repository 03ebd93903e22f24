import type { Metadata } from 'next'
import { PreferencesForm } from '@/components/settings/notifications/preferences-form'
import { QuietHoursForm } from '@/components/settings/notifications/quiet-hours-form'
import { Notice, PageHeader, Section } from '@/components/ui/page-header'
import { hasRole } from '@/lib/context'
import { readNoticePreferences, readOwnQuietHours } from '@/lib/notices/preferences'
import { requireMember } from '@/lib/sign-in/session'
import { savePreferences, saveQuietHours } from './actions'

export const metadata: Metadata = { title: 'Notifications' }

export default async function NotificationsPage({ params }: { params: Promise<{ project: string }> }) {
  const ctx = await requireMember((await params).project)
  const [preferences, hours] = await Promise.all([readNoticePreferences(ctx), readOwnQuietHours(ctx)])
  return (
    <>
      <PageHeader
        title="Notifications"
        note="How you hear of requests in this project. It is yours alone, and changes nothing about who may decide."
      />
      {!hasRole(ctx.actor.role, 'reviewer') && (
        <div className="mb-5 max-w-lg">
          <Notice>
            As viewer you may not decide, so you are told of no request. What you choose here holds if you
            become a reviewer.
          </Notice>
        </div>
      )}
      <PreferencesForm
        slug={ctx.project.slug}
        email={ctx.actor.email}
        preferences={preferences}
        save={savePreferences}
      />
      <Section
        className="mt-10 mb-8"
        title="Quiet hours"
        note="In all your projects. Mails and pushes about requests wait for their end and are then one, of what is still open. You are told all the same of what would then have less than half an hour left, and where not enough others could decide. The bell never waits."
      >
        <QuietHoursForm slug={ctx.project.slug} hours={hours} save={saveQuietHours} />
      </Section>
    </>
  )
}
