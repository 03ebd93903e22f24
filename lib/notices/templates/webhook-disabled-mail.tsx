import { MailFrame, MainLink, Words } from './frame'

export type WebhookDisabledMailProps = {
  name: string
  projectName: string
  reason: string
  email: string
  url: string
}

/** Tells an admin that a webhook gets nothing any more. */
export function WebhookDisabledMail({ name, projectName, reason, email, url }: WebhookDisabledMailProps) {
  return (
    <MailFrame
      preview={`${name} gets no more events`}
      title="A webhook was disabled"
      footer={`Sent to ${email} because you administer the project ${projectName}.`}
    >
      <Words>
        {`The webhook ${name} of the project ${projectName} was disabled: ${reason} It gets no events until somebody enables it again. Decisions are not affected.`}
      </Words>
      <MainLink url={url} label="Open the webhooks" />
    </MailFrame>
  )
}
