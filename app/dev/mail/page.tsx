import type { Metadata } from 'next'
import { headers } from 'next/headers'
import { notFound } from 'next/navigation'
import { KeptMail } from '@/components/settings/kept-mail'
import { EmptyState } from '@/components/ui/empty-state'
import { ListFrame } from '@/components/ui/table'
import { PageHeader } from '@/components/ui/page-header'
import { Moment } from '@/components/ui/time'
import { findMail, listMails } from '@/db/queries/mails'
import { listProjectsOfUser } from '@/db/queries/members'
import { settings } from '@/lib/env'
import { styleNonce } from '@/lib/web/mail-preview'
import { pageDatabase, requireUser } from '@/lib/web/session'

export const metadata: Metadata = { title: 'Mails of the demo' }

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> }

/**
 * The mails that the demo keeps because there is no mail service; for owners, and nowhere but in the demo.
 */
export default async function DevMailPage({ searchParams }: Props) {
  const { demo, resendApiKey, emailFrom } = settings()
  if (!demo || resendApiKey !== undefined) notFound()
  const user = await requireUser('/dev/mail')
  const db = pageDatabase()
  const projects = await listProjectsOfUser(db, user.id)
  if (!projects.some((project) => project.role === 'owner')) notFound()
  const { mail: chosen } = await searchParams
  const mails = await listMails(db)
  const nonce = styleNonce((await headers()).get('content-security-policy'))
  const mail = typeof chosen === 'string' ? await findMail(db, chosen) : undefined
  return (
    <main className="mx-auto max-w-5xl px-5 py-8">
      <PageHeader
        title="Mails of the demo"
        note="No mail service is set up, so mails are kept here instead of sent."
      />
      {mails.length === 0 && (
        <EmptyState title="No mails yet">
          Sign-in links, invitations and notices of requests will appear here.
        </EmptyState>
      )}
      <div className="grid items-start gap-5 md:grid-cols-[18rem_minmax(0,1fr)]">
        {mails.length > 0 && (
          <ListFrame>
            <ul>
              {mails.map((one) => (
                <li key={one.id} className="border-b border-line last:border-b-0">
                  {/* A whole page load: the frame's styles need the nonce of the document that they stand in. */}
                  <a
                    href={`/dev/mail?mail=${one.id}`}
                    aria-current={one.id === mail?.id ? 'page' : undefined}
                    className="block px-3 py-2 text-sm hover:bg-hover aria-[current]:bg-sunken"
                  >
                    <span className="block font-medium wrap-anywhere">{one.subject}</span>
                    <span className="block text-muted wrap-anywhere">{one.recipient}</span>
                    <Moment at={one.createdAt.toISOString()} className="text-xs text-muted" />
                  </a>
                </li>
              ))}
            </ul>
          </ListFrame>
        )}
        {mail && <KeptMail mail={mail} from={emailFrom} nonce={nonce} />}
      </div>
    </main>
  )
}
