/** With whose credential an example is sent. */
export type By = 'agent' | 'reviewer' | 'owner' | 'operator' | 'nobody'

/**
 * A request of the published examples: part of one story, in whose order a test sends them to a real server and keeps
 * what it answers in answers.json. Ids are those of the story.
 */
export type Example = {
  /** As in the table of the API. */
  call: string
  /** Of its call. */
  name: string
  summary: string
  by: By
  path?: Record<string, string>
  query?: Record<string, string>
  headers?: Record<string, string>
  /** Sent as JSON, or as it is where it is text. */
  body?: object | string
  /** Of which type the answer is, where there are two. */
  media?: string
  /** What is answered; beyond 399 it is an example of a refusal. */
  status: number
}

/** The id of this kind that came `nth` in the story. */
export function exampleId(kind: string, nth: number): string {
  return `${kind}_01kb9zk7q0e4x8t2m6a9c3f0${String(nth).padStart(2, '0')}`
}

/** The codes of a login, named as in RFC 8628. */
export const deviceCode = 'GmRhmhcxhwAzkoEqiMEgDnyEysNkuNhszIySk9eSabc'
export const userCode = 'WDJB-MJHT'
