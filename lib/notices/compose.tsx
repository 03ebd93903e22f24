import type { Role } from '@/lib/context'
import { showText } from '@/lib/untrusted/show'
import { mailText } from './mail-text'
import { mailToText, renderMail } from './render-mail'
import type { WordsMailProps } from './templates/words-mail'

/** A mail's content: HTML and plain text say the same. */
export type MailContent = { subject: string; html: string; text: string }

const rightsOf: Record<Role, string> = {
  viewer: 'see what waits and what was decided',
  reviewer: 'approve or reject what agents want to do',
  admin: 'decide, and manage agents, keys and settings',
  owner: 'do everything, members included',
}

/**
 * The mail with a sign-in link.
 * @param input.url of the page that spends the link by a button
 */
export async function composeSignIn(input: {
  email: string
  url: string
  minutes: number
}): Promise<MailContent> {
  const { SignInMail } = await import('./templates/sign-in-mail')
  return { subject: 'Your sign-in link for Holdpoint', ...(await renderBoth(<SignInMail {...input} />)) }
}

/** The mail with an invitation's link. Names are shown as text on one line, 100 characters at most. */
export async function composeInvitation(input: {
  projectName: string
  inviter: string
  email: string
  role: Role
  url: string
  days: number
}): Promise<MailContent> {
  const projectName = oneLine(input.projectName)
  const inviter = oneLine(input.inviter)
  const { InvitationMail } = await import('./templates/invitation-mail')
  const mail = (
    <InvitationMail {...input} projectName={projectName} inviter={inviter} rights={rightsOf[input.role]} />
  )
  return { subject: `${inviter} invites you to ${projectName} on Holdpoint`, ...(await renderBoth(mail)) }
}

/**
 * The body of a mail that tells a few words.
 * @param input.words untrusted text, shown on one line, 1,500 characters at most
 */
export async function composeWords(input: WordsMailProps): Promise<{ html: string; text: string }> {
  const { WordsMail } = await import('./templates/words-mail')
  const words = mailText(input.words, { singleLine: true, maxCharacters: 1500 })
  return renderBoth(<WordsMail {...input} words={words} />)
}

function oneLine(text: string): string {
  const { parts } = showText(text, { singleLine: true, maxCharacters: 100 })
  return parts.map((part) => part.text).join('')
}

async function renderBoth(mail: React.ReactElement): Promise<{ html: string; text: string }> {
  const html = await renderMail(mail)
  return { html, text: await mailToText(html) }
}
