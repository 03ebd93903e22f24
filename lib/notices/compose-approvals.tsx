import type { MailContent } from './compose'
import { mailModel, type MailInput } from './mail-model'
import { approvalMailText } from './mail-plain'
import { renderMail } from './render-mail'

/** The mail about approvals that wait for one person: HTML and plain text of the same model. */
export async function composeApprovals(input: MailInput): Promise<MailContent> {
  const model = mailModel(input)
  const { ApprovalMail } = await import('./templates/approval-mail')
  return {
    subject: model.subject,
    html: await renderMail(<ApprovalMail model={model} />),
    text: approvalMailText(model),
  }
}
