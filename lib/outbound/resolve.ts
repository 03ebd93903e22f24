import { lookup, Resolver } from 'node:dns/promises'
import { OutboundError } from './error'

/** Every address of a host's name. */
export type Resolve = (hostname: string) => Promise<string[]>

const queryMs = 2000
const queryTries = 2

/**
 * Asks DNS without a thread, so that a name server that hangs holds up nobody else; names without a dot
 * (`localhost`, a service of a container network) and names that DNS does not know go to the system, which
 * also reads its hosts file.
 * @throws OutboundError `name`
 */
export const resolveHost: Resolve = async (hostname) => {
  const name = hostname.replace(/\.$/, '')
  const isLocal = !name.includes('.') || name.endsWith('.localhost')
  const found = isLocal ? undefined : await askDns(hostname)
  return found ?? (await askSystem(name))
}

/** Undefined where DNS answers that there is no such name. */
async function askDns(hostname: string): Promise<string[] | undefined> {
  const resolver = new Resolver({ timeout: queryMs, tries: queryTries })
  const answers = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)])
  const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
  if (addresses.length > 0) return addresses
  const isSlow = answers.some(
    (answer) => answer.status === 'rejected' && codeOf(answer.reason) === 'ETIMEOUT',
  )
  if (isSlow)
    throw new OutboundError(
      'name',
      `The name ${hostname} could not be looked up: the name server did not answer.`,
    )
  return undefined
}

async function askSystem(hostname: string): Promise<string[]> {
  try {
    return (await lookup(hostname, { all: true, verbatim: true })).map((found) => found.address)
  } catch (error) {
    throw new OutboundError('name', `The name ${hostname} could not be looked up (${codeOf(error)}).`, error)
  }
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | null)?.code ?? 'unknown')
}
