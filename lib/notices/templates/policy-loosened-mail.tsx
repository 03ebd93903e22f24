import { MailFrame, MainLink, Words } from './frame'

export type PolicyLoosenedMailProps = {
  agent: string
  version: number
  keyName: string
  projectName: string
  words: string[]
  email: string
  url: string
}

/** Tells an owner or admin that a key deployed a policy that demands less than the one before. */
export function PolicyLoosenedMail(props: PolicyLoosenedMailProps) {
  const { agent, version, keyName, projectName, words, email, url } = props
  return (
    <MailFrame
      preview={`Version ${version} of ${agent} demands less than the one before`}
      title="A key loosened a policy"
      footer={`Sent to ${email} because you administer the project ${projectName}. This mail cannot be switched off.`}
    >
      <Words>
        {`The key ${keyName} deployed version ${version} of ${agent} in the project ${projectName}. It is in force, and it demands less than version ${version - 1} did:`}
      </Words>
      {words.map((sentence) => (
        <Words key={sentence}>{sentence}</Words>
      ))}
      <Words>
        {`If nobody meant this, deploy version ${version - 1} again and revoke the key. The project’s settings can leave deploying to people alone.`}
      </Words>
      <MainLink url={url} label={`See version ${version} of ${agent}`} />
    </MailFrame>
  )
}
