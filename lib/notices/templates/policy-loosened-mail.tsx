import { MailFrame, MainLink, Words } from './frame'

export type PolicyLoosenedMailProps = {
  title: string
  /** The deploys that it tells of. */
  count: number
  /** The newest of each agent, and the version in force where that is another by now. */
  lines: { text: string; inForce: number | undefined }[]
  moreAgents: number
  projectName: string
  email: string
  link: { label: string; url: string }
}

/** Tells an owner or admin of policies that demand less and of new agents, where keys deployed them. */
export function PolicyLoosenedMail(props: PolicyLoosenedMailProps) {
  const { title, count, lines, moreAgents, projectName, email, link } = props
  return (
    <MailFrame
      preview={`What keys deployed in ${projectName} holds less than before`}
      title={title}
      footer={`Sent to ${email} because you administer the project ${projectName}. This mail cannot be switched off; what follows within ten minutes comes as one.`}
    >
      <Words>
        {count === 1
          ? `In the project ${projectName}:`
          : `In the project ${projectName}, keys loosened policies or made new agents in ${count} deploys since the last such mail. The newest of each agent:`}
      </Words>
      {lines.map(({ text, inForce }) => (
        <Words key={text}>
          {inForce === undefined ? text : `${text} Version ${inForce} is in force by now.`}
        </Words>
      ))}
      {moreAgents > 0 && <Words>{`And of ${moreAgents} agents more: see the audit log.`}</Words>}
      <Words>
        If nobody meant this, deploy the version before again and revoke the key. The project’s settings can
        leave deploying to people alone.
      </Words>
      <MainLink url={link.url} label={link.label} />
    </MailFrame>
  )
}
