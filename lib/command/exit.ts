/** What the command ends with. */
export const exit = {
  /** Done; approved. */
  done: 0,
  /** The answer was no: rejected, expired, a check failed. */
  no: 1,
  /** Called wrongly, or what was named is not there. */
  usage: 2,
  /** Not allowed, or no credential. */
  denied: 3,
  /** Somebody else was first; what holds is told. */
  conflict: 4,
  /** Nobody answered, or nobody whose answer could be believed. */
  unanswered: 5,
  /** Interrupted; nothing was withdrawn. */
  interrupted: 130,
} as const

type ExitCode = (typeof exit)[keyof typeof exit]

/** Ends the command with a sentence on stderr: what is wrong, and how to mend it. */
export class Failure extends Error {
  override readonly name = 'Failure'

  constructor(
    readonly exitCode: ExitCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options)
  }
}

/** The command was called wrongly. */
export function wrongly(message: string): Failure {
  return new Failure(exit.usage, message)
}

/**
 * What went wrong, in words of the command: where a person has paused the agent, that, and not that nobody answered; and
 * of a credential what is the matter with it, and not how HTTP carries one.
 */
export function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code } = error as { code?: unknown }
  if (code === 'agent_paused' && error.cause instanceof Error) return error.cause.message
  if (code === 'unauthenticated')
    return 'The key or token is none that this Holdpoint knows: it is wrong, has ended or was revoked. See: holdpoint doctor'
  return error.message
}
