import { randomUUID } from 'node:crypto'
import NextAuth from 'next-auth'
import { NextRequest } from 'next/server'
import { settings } from '@/lib/env'
import { authOptions } from '@/lib/sign-in/auth'
import { hasBegun, openAuth } from '@/lib/sign-in/auth-door'
import { addressOf } from '@/lib/http/caller'
import { providersOf } from '@/lib/sign-in/providers'
import { toResponse } from '@/lib/http/answer'
import { openHandler, type Segment } from '@/lib/http/route'
import { pageDatabase } from '@/lib/sign-in/session'

const answer = openHandler(
  async (request, params) => {
    const setting = settings()
    const parts = params.nextauth as unknown as string[]
    const providers = providersOf(setting).map(({ id }) => id)
    const { action, provider, method, form } = await openAuth(request, parts, providers)
    if (action === 'callback' && !hasBegun(request)) {
      const Location = `${setting.appUrl}/sign-in?error=OAuthCallback`
      return new Response(null, { status: 302, headers: { Location } })
    }
    // Links come from the settings, never from request headers, which next-auth would fall back to.
    process.env.NEXTAUTH_URL = setting.appUrl
    const headers = new Headers(request.headers)
    headers.delete('content-length')
    const checked = new NextRequest(request.url, { method, headers, ...(form && { body: form.toString() }) })
    const segment = { params: Promise.resolve({ nextauth: parts }) }
    const origin = { requestId: randomUUID(), address: addressOf(request) }
    const callback = action === 'callback' && provider !== undefined ? { provider, origin } : undefined
    const options = authOptions(pageDatabase(), setting, callback)
    return (await NextAuth(checked as never, segment as never, options)) as Response
  },
  // It waits for providers, by a time of its own.
  { output: { media: '*/*' }, keepsTime: true },
)

async function handle(request: Request, { params }: Segment): Promise<Response> {
  return toResponse(await answer(request, (await params) as Record<string, string>))
}

export {
  handle as GET,
  handle as HEAD,
  handle as POST,
  handle as PUT,
  handle as PATCH,
  handle as DELETE,
  handle as OPTIONS,
}
