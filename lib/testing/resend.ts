import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type SentMail = { from: string; to: string[]; subject: string; html: string; text: string }
export type MailRequest = { key: string; body: SentMail }
type Answer = (response: ServerResponse) => void

/** A mail service on loopback that takes a mail of one key once, as Resend does. */
export type FakeResend = {
  url: string
  /** Every request, retries included. */
  requests: MailRequest[]
  /** The mails that left, one a key. */
  mails: SentMail[]
  /** How the next requests are answered, in turn; as usual where none is left. */
  next: ('500' | 'lost')[]
  close(): Promise<void>
}

/** `lost`: the mail is taken, but the answer never arrives. A key that comes again with other content is refused. */
export async function startResend(): Promise<FakeResend> {
  const taken = new Map<string, { id: string; content: string }>()
  const requests: MailRequest[] = []
  const mails: SentMail[] = []
  const next: FakeResend['next'] = []
  const server = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk: Buffer) => (text += chunk.toString()))
    request.on('end', () => {
      const key = String(request.headers['idempotency-key'])
      const body = JSON.parse(text) as SentMail
      requests.push({ key, body })
      const how = next.shift()
      if (how === '500') return answer(500, { name: 'internal', statusCode: 500, message: 'no' })(response)
      const before = taken.get(key)
      if (before && before.content !== text) {
        return answer(409, { name: 'invalid_idempotent_request', statusCode: 409, message: 'other content' })(
          response,
        )
      }
      if (!before) {
        taken.set(key, { id: `re_${taken.size}`, content: text })
        mails.push(body)
      }
      if (how === 'lost') return response.destroy()
      answer(200, { id: taken.get(key)?.id })(response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const close = () =>
    new Promise<void>((resolve) => {
      server.closeAllConnections()
      server.close(() => resolve())
    })
  return { url, requests, mails, next, close }
}

function answer(status: number, body: object): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(body))
  }
}
