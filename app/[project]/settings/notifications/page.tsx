import type { Metadata } from 'next'
import { PreferencesForm } from '@/components/settings/notifications/preferences-form'
import { Notice, PageHeader } from '@/components/ui/page-header'
import { hasRole } from '@/lib/context'
import { readNoticePreferences } from '@/lib/notices/preferences'
import { requireMember } from '@/lib/sign-in/session'
import { savePreferences } from './actions'

export const metadata: Metadata = { title: 'Notifications' }

export default async function NotificationsPage({ params }: { params: Promise<{ project: string }> }) {
  const ctx = await requireMember((await params).project)
  const preferences = await readNoticePreferences(ctx)
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
    </>
  )
}
