import type { MailContent } from './compose'
import { mailModel, type MailInput } from './mail-model'
import { approvalMailText } from './mail-plain'
import { ApprovalMail } from './templates/approval-mail'

/** The mail about approvals that wait for one person: HTML and plain text of the same model. */
export async function composeApprovals(input: MailInput): Promise<MailContent> {
  const model = mailModel(input)
  const { render } = await import('@react-email/render')
  return {
    subject: model.subject,
    html: await render(<ApprovalMail model={model} />),
    text: approvalMailText(model),
  }
}
