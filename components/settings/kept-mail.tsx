import type { MailRecord } from '@/lib/notices/email'
import { previewHtml } from '@/lib/sign-in/mail-preview'
import * as say from '@/words/settings/kept-mail'
import { Fact, Facts } from '../ui/facts'
import { Section } from '../ui/section'
import { Moment } from '../ui/time'

/** One mail: its headers, its HTML where nothing in it can run or call home, and its plain text. */
export function KeptMail({ mail, from, nonce }: { mail: MailRecord; from: string; nonce: string }) {
  return (
    <article className="min-w-0">
      <Facts>
        <Fact name={say.from}>{from}</Fact>
        <Fact name={say.to}>{mail.recipient}</Fact>
        <Fact name={say.subject}>{mail.subject}</Fact>
        <Fact name={say.date}>
          <Moment at={mail.createdAt.toISOString()} />
        </Fact>
        <Fact name="Idempotency-Key">{mail.idempotencyKey}</Fact>
      </Facts>
      <Section title={say.plainText} className="mt-6">
        <pre className="code rounded-md border border-line bg-surface p-4 text-sm whitespace-pre-wrap">
          <TextWithLinks text={mail.text} />
        </pre>
      </Section>
      <Section title={say.html} className="mt-6">
        <iframe
          title={say.theMailAsHtml}
          sandbox=""
          srcDoc={previewHtml(mail.html, nonce)}
          className="h-[32rem] w-full rounded-md border border-line bg-white"
        />
      </Section>
    </article>
  )
}

/** Our own mails' links can be pressed: they are what the page is opened for. */
function TextWithLinks({ text }: { text: string }) {
  return text.split(/(https?:\/\/\S+)/).map((piece, i) =>
    i % 2 === 0 ? (
      piece
    ) : (
      <a key={i} href={piece} className="text-accent hover:underline wrap-anywhere">
        {piece}
      </a>
    ),
  )
}
