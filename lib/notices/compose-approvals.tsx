import type { MailContent } from './compose'
import { mailModel, type MailInput } from './mail-model'
import { approvalMailText } from './mail-plain'

/** The mail about approvals that wait for one person: HTML and plain text of the same model. */
export async function composeApprovals(input: MailInput): Promise<MailContent> {
  const model = mailModel(input)
  // React Email takes long to load, and no start should wait for it.
  const [{ render }, { ApprovalMail }] = await Promise.all([
    import('@react-email/render'),
    import('./templates/approval-mail'),
  ])
  return {
    subject: model.subject,
    html: await render(<ApprovalMail model={model} />),
    text: approvalMailText(model),
  }
}
