import type { Me } from '@/lib/client/types'
import { isObject } from '@/lib/client/json'
import { command } from './command'
import { exit } from './exit'
import { oneLine } from './printer'
import { anyonesServer, type Server } from './server'
import { distance } from './words'

/** What the credential of a server is. @throws Problem, Unavailable */
export function readMe(server: Server): Promise<Me> {
  return server.get<Me>('/me', (body) => isObject(body) && isObject(body.project) && isObject(body.server))
}

/** The same in a few lines. */
export function meLines({ kind, key, project, member, server }: Me, url: string): string[] {
  const who = member ? `${oneLine(member.email)}, ${member.role}` : 'an agent key'
  const until = key?.expires_at
    ? `, ends ${distance(key.expires_at, new Date(server.time).getTime())}`
    : key
      ? ', does not end'
      : ''
  const scopes = key && kind === 'agent_key' ? `, for ${key.scopes.join(', ')}` : ''
  return [
    `${url} (Holdpoint ${oneLine(server.version)})`,
    `project  ${oneLine(project.name)} (${oneLine(project.slug)})`,
    `you      ${who}`,
    ...(key ? [`with     ${oneLine(key.name)} ${oneLine(key.prefix)}…${scopes}${until}`] : []),
  ]
}

export const whoami = command({
  synopsis: ['whoami'],
  about: [
    'Asks the server whose the personal token is, or without one the agent key. Neither is ever printed; its public beginning is.',
  ],
  options: {},
  examples: [['holdpoint whoami', 'Whose token is used, and on which server.']],
  async run(call) {
    const server = anyonesServer(call)
    const me = await readMe(server)
    if (call.common.json) call.out.json(me)
    else for (const line of meLines(me, server.access.url)) call.out.line(line)
    return exit.done
  },
})
