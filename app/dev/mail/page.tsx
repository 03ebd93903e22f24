import type { Metadata } from 'next'
import { headers } from 'next/headers'
import { notFound } from 'next/navigation'
import { z } from 'zod'
import { KeptMail } from '@/components/settings/kept-mail'
import { EmptyState } from '@/components/ui/empty-state'
import { LeftOut } from '@/components/ui/left-out'
import { ListFrame } from '@/components/ui/table'
import { PageHeader } from '@/components/ui/page-header'
import { Moment } from '@/components/ui/time'
import { findMail, listMails } from '@/db/queries/mails'
import { listProjectsOfUser } from '@/db/queries/members'
import { keepsMails, settings } from '@/lib/env'
import { pageQuery, type Search } from '@/lib/http/input'
import { pages } from '@/lib/paths'
import { styleNonce } from '@/lib/sign-in/mail-preview'
import { pageDatabase, requireUser } from '@/lib/sign-in/session'

export const metadata: Metadata = { title: 'Mails of the demo' }

const fields = { mail: z.string().max(200) }

type Props = { searchParams: Promise<Search> }

/**
 * The mails that the demo keeps because there is no mail service; for owners, those of their projects, and nowhere
 * but in the demo.
 */
export default async function DevMailPage({ searchParams }: Props) {
  const setting = settings()
  if (!keepsMails(setting)) notFound()
  const user = await requireUser(pages.keptMails())
  const db = pageDatabase()
  const projects = await listProjectsOfUser(db, user.id)
  if (!projects.some((project) => project.role === 'owner')) notFound()
  const { query, leftOut } = pageQuery(fields, await searchParams)
  const mails = await listMails(db, user.id)
  const nonce = styleNonce((await headers()).get('content-security-policy'))
  const mail = query.mail === undefined ? undefined : await findMail(db, query.mail, user.id)
  return (
    <main className="mx-auto max-w-5xl px-5 py-8">
      <PageHeader
        title="Mails of the demo"
        note="No mail service is set up, so mails are kept here instead of sent. You see those of your projects; a link that signs somebody in is shown to nobody else."
      />
      <LeftOut names={leftOut} />
      {mails.length === 0 && (
        <EmptyState title="No mails yet">
          Notices of requests in your projects will appear here, and your own sign-in links.
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
                    href={pages.keptMails(one.id)}
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
        {mail && <KeptMail mail={mail} from={setting.emailFrom} nonce={nonce} />}
      </div>
    </main>
  )
}
