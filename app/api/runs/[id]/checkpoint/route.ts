import { requireAgentKey } from '@/lib/context'
import { readCheckpoint, saveCheckpoint } from '@/lib/runs/checkpoint'
import { readBytes } from '@/lib/http/body'
import { callerId } from '@/lib/http/query'
import { reply, resource, route } from '@/lib/http/route'

const mostBytes = 1024 * 1024

const save = route(
  {
    readBody: (request) => readBytes(request, mostBytes),
    bucket: 'ask',
    access: (ctx) => requireAgentKey(ctx, 'run'),
  },
  async ({ ctx, params, body, request }) => {
    const contentType = request.headers.get('content-type') ?? 'application/octet-stream'
    await saveCheckpoint(ctx, { run: callerId(params, 'id'), contentType, body })
    return reply(null, 204)
  },
)

const read = route({ access: (ctx) => requireAgentKey(ctx, 'run') }, async ({ ctx, params }) => {
  const { contentType, body } = await readCheckpoint(ctx, callerId(params, 'id'))
  // Opaque bytes of an agent: never rendered by a browser, whatever type they claim.
  const headers = {
    'Content-Type': contentType,
    'Content-Disposition': 'attachment',
    'Content-Security-Policy': 'sandbox',
  }
  return new Response(new Uint8Array(body), { headers })
})

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ GET: read, PUT: save })
