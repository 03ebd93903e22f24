import { deployAgent } from '@/lib/agents/deploy'
import { readAgent } from '@/lib/agents/read'
import { requireReader, requireRoleOrScope } from '@/lib/context'
import { readYaml } from '@/lib/web/body'
import { reply, resource, route } from '@/lib/web/route'

const mostBytes = 64 * 1024

const read = route({ access: (ctx) => requireReader(ctx) }, ({ ctx, params }) =>
  readAgent(ctx, params.name ?? ''),
)

const deploy = route(
  {
    readBody: (request) => readYaml(request, mostBytes),
    bucket: 'ask',
    access: (ctx) => requireRoleOrScope(ctx, 'admin', 'deploy'),
  },
  async ({ ctx, params, body: config }) => {
    const { agent, isNew } = await deployAgent(ctx, { name: params.name ?? '', config })
    return reply(agent, isNew ? 201 : 200)
  },
)

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ GET: read, PUT: deploy })
