import { deployAgent } from '@/lib/agents/deploy'
import { readAgent } from '@/lib/agents/read'
import { requireReader, requireRoleOrScope } from '@/lib/context'
import { readYaml } from '@/lib/http/body'
import { preconditionOf, versionTag } from '@/lib/http/precondition'
import { reply, resource, route } from '@/lib/http/route'

const mostBytes = 64 * 1024

const read = route({ access: (ctx) => requireReader(ctx) }, async ({ ctx, params }) => {
  const agent = await readAgent(ctx, params.name ?? '')
  return reply(agent, 200, { ETag: versionTag(agent.version) })
})

const deploy = route(
  {
    readBody: (request) => readYaml(request, mostBytes),
    bucket: 'ask',
    access: (ctx) => requireRoleOrScope(ctx, 'admin', 'deploy'),
  },
  async ({ ctx, params, body: config, request }) => {
    const precondition = preconditionOf(request)
    const { agent, isNew } = await deployAgent(ctx, { name: params.name ?? '', config, precondition })
    return reply(agent, isNew ? 201 : 200, { ETag: versionTag(agent.version) })
  },
)

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ GET: read, PUT: deploy })
