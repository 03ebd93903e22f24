import { MailFrame, MainLink, Words } from './frame'

export type InvitationMailProps = {
  projectName: string
  inviter: string
  email: string
  role: string
  /** What the role may do, as the end of "As reviewer you can …". */
  rights: string
  url: string
  days: number
}

/** The link by which a person joins a project. */
export function InvitationMail({
  projectName,
  inviter,
  email,
  role,
  rights,
  url,
  days,
}: InvitationMailProps) {
  return (
    <MailFrame
      preview={`${inviter} invites you to ${projectName}`}
      title={`Join ${projectName} on Holdpoint`}
      footer={`Sent to ${email} because ${inviter} named this address. If you do not know why, do nothing.`}
    >
      <Words>
        {inviter} invites you to the project {projectName}, where AI agents wait for a person before a
        sensitive tool call. As {role} you can {rights}.
      </Words>
      <Words>The link works once, within {days} days.</Words>
      <MainLink url={url} label="See the invitation" />
    </MailFrame>
  )
}
