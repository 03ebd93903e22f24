import { MailFrame, MainLink, Words } from './frame'

export type AuditRetentionMailProps = {
  projectName: string
  words: string
  email: string
  url: string
}

/** Tells an owner that the audit log is to be kept for another time. */
export function AuditRetentionMail({ projectName, words, email, url }: AuditRetentionMailProps) {
  return (
    <MailFrame
      preview={words}
      title="How long the audit log is kept was changed"
      footer={`Sent to ${email} because you own the project ${projectName}. This cannot be switched off.`}
    >
      <Words>{words}</Words>
      <MainLink url={url} label="Open the project’s settings" />
    </MailFrame>
  )
}
