import type { Call } from './command'
import { accessOf, readConfig } from './config'
import { Failure, wordsOf } from './exit'
import type { Finding } from './finding'
import { oneLine } from './printer'
import { Server } from './server'
import { readMe } from './whoami'

const patienceMs = 5000
/** Beyond, what a person reads of deadlines is misleading; they pass by the server's clock. */
const mostApartMs = 60_000

/**
 * Tries what opens Holdpoint here, and tells of each what it is; of what should be there and is not, too.
 * @param needsKey whether something is installed that asks with an agent key
 */
export async function examineCredentials(
  common: Call['common'],
  { env, signal }: Pick<Call['io'], 'env' | 'signal'>,
  needsKey: boolean,
): Promise<Finding[]> {
  const bad = (error: unknown): Finding => {
    const words = wordsOf(error).replace(/ See: holdpoint doctor$/, '')
    return { is: 'bad', words: error instanceof Failure ? words : oneLine(words, 500) }
  }
  try {
    // what others can read is used for nothing
    readConfig(env)
  } catch (error) {
    return [bad(error)]
  }
  const kinds = ['key', 'token'] as const
  const there = kinds.filter((kind) => {
    try {
      return accessOf(kind, common, env)
    } catch {
      return false
    }
  })
  // what is missing is said in its own words
  const wanted =
    there.length === 0 || (needsKey && !there.includes('key')) ? (['key', ...there] as const) : there
  const found: Finding[] = []
  for (const kind of new Set(wanted)) {
    try {
      const access = accessOf(kind, common, env)
      const asked = Date.now()
      const me = await readMe(new Server(access, signal, patienceMs))
      const here = (asked + Date.now()) / 2
      const whose = kind === 'key' ? 'the key' : `the token of ${oneLine(me.member?.email ?? '')}`
      found.push({
        is: 'ok',
        words: `${oneLine(access.url)} knows ${whose}: project ${oneLine(me.project.slug)}`,
      })
      const apartMs = new Date(me.server.time).getTime() - here
      if (Math.abs(apartMs) > mostApartMs)
        found.push({
          is: 'note',
          words: `Its clock is ${Math.round(Math.abs(apartMs) / 1000)} s ${apartMs > 0 ? 'ahead of' : 'behind'} this one; deadlines pass by it.`,
        })
    } catch (error) {
      found.push(bad(error))
    }
  }
  return found
}
