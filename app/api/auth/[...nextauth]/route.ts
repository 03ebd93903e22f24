import NextAuth from 'next-auth'
import { settings } from '@/lib/env'
import { authOptions } from '@/lib/web/auth'
import { pageDatabase } from '@/lib/web/session'

type Segment = { params: Promise<{ nextauth: string[] }> }

async function handle(request: Request, segment: Segment): Promise<Response> {
  const setting = settings()
  // Links come from the settings, never from request headers, which next-auth would fall back to.
  process.env.NEXTAUTH_URL = setting.appUrl
  const [action] = (await segment.params).nextauth
  const options = authOptions(pageDatabase(), setting, action === 'callback')
  return (await NextAuth(request as never, segment as never, options)) as Response
}

export { handle as GET, handle as POST }
