import { randomUUID } from 'node:crypto'
import NextAuth from 'next-auth'
import { settings } from '@/lib/env'
import { authOptions } from '@/lib/web/auth'
import { addressOf } from '@/lib/web/caller'
import { pageDatabase } from '@/lib/web/session'

type Segment = { params: Promise<{ nextauth: string[] }> }

async function handle(request: Request, segment: Segment): Promise<Response> {
  const setting = settings()
  // Links come from the settings, never from request headers, which next-auth would fall back to.
  process.env.NEXTAUTH_URL = setting.appUrl
  const [action, provider] = (await segment.params).nextauth
  const origin = { requestId: randomUUID(), address: addressOf(request) }
  const callback = action === 'callback' && provider !== undefined ? { provider, origin } : undefined
  const options = authOptions(pageDatabase(), setting, callback)
  return (await NextAuth(request as never, segment as never, options)) as Response
}

export { handle as GET, handle as POST }
