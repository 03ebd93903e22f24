import { MailFrame, MainLink, Words } from './frame'

export type WordsMailProps = {
  title: string
  words: string
  /** Why this person gets it, after "because you". */
  because: string
  email: string
  link: { url: string; label: string }
}

/** Tells in a few words what concerns the gate or the record itself. */
export function WordsMail({ title, words, because, email, link }: WordsMailProps) {
  return (
    <MailFrame
      preview={words}
      title={title}
      footer={`Sent to ${email} because you ${because}. This cannot be switched off.`}
    >
      <Words>{words}</Words>
      <MainLink url={link.url} label={link.label} />
    </MailFrame>
  )
}
