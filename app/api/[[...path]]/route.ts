import { toResponse } from '@/lib/http/answer'
import { answerApi } from '@/lib/http/router'

/** The API where Next serves it, as on Vercel. OPTIONS is named so that Next does not answer it by itself. */
async function handle(request: Request): Promise<Response> {
  const { pathname, search } = new URL(request.url)
  return toResponse(await answerApi(request, pathname + search))
}

export { handle as GET, handle as POST, handle as PUT, handle as PATCH, handle as DELETE, handle as OPTIONS }
