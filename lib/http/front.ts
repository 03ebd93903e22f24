import type { IncomingMessage, ServerResponse } from 'node:http'
import { toRequest, write } from './node-http'
import { answerApi, refuseNoAddress } from './router'

/** Whether an address is the API's, without the framework's toll; sign-in is next-auth's, which lives in Next. */
export function servesApi(target: string): boolean {
  return /^[\\/]+api(?![^\\/?])/.test(target) && !/^\/api\/auth(?![^/?])/.test(target)
}

/** Answers a request to the API straight from `node:http`. */
export async function handleApi(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const request = toRequest(incoming, outgoing)
  await write(await answerApi(request, incoming.url ?? '/'), incoming, outgoing)
}

/** Answers a target that is no address. */
export async function refuseTarget(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  await write(await refuseNoAddress(toRequest(incoming, outgoing), {}), incoming, outgoing)
}
