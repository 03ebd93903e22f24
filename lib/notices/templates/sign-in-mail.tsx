import { MailFrame, MainLink, Words } from './frame'

export type SignInMailProps = { email: string; url: string; minutes: number }

/** The link that signs a person in. */
export function SignInMail({ email, url, minutes }: SignInMailProps) {
  return (
    <MailFrame
      preview={`Your sign-in link, good for ${minutes} minutes`}
      title="Sign in to Holdpoint"
      footer={`Sent because somebody asked to sign in as ${email}. If it was not you, do nothing: without this link nobody gets in.`}
    >
      <Words>
        Open the link and press the button on its page. The link works once, within {minutes} minutes.
      </Words>
      <MainLink url={url} label="Open the sign-in page" />
    </MailFrame>
  )
}
