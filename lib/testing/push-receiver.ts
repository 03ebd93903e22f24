import { createDecipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

type Browser = { p256dh: string; auth: string; privateKey: string }

/** What a push service does with a push: the status, with headers, or nothing at all. */
type Answering = number | 'hang' | { status: number; headers: Record<string, string> }

/** A push service on loopback with the browser that subscribed there, for tests: it reads what comes. */
export type PushService = {
  /** Where the browser's pushes go. */
  endpoint: string
  keys: { p256dh: string; auth: string }
  got: { headers: Record<string, string>; told: Record<string, unknown> }[]
  /** What is answered to the next ones, one after the other; else 201. */
  next: Answering[]
  close(): Promise<void>
}

export async function startPushService(): Promise<PushService> {
  const pair = createECDH('prime256v1')
  pair.generateKeys()
  const browser = {
    p256dh: pair.getPublicKey('base64url'),
    privateKey: pair.getPrivateKey('base64url'),
    auth: randomBytes(16).toString('base64url'),
  }
  const got: PushService['got'] = []
  const next: Answering[] = []
  const sockets = new Set<Socket>()
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    got.push({
      headers: request.headers as Record<string, string>,
      told: JSON.parse(openPush(Buffer.concat(parts), browser)) as Record<string, unknown>,
    })
    const how = next.shift() ?? 201
    if (how === 'hang') return
    const { status, headers } = typeof how === 'number' ? { status: how, headers: {} } : how
    response.writeHead(status, headers).end()
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/push/1`,
    keys: { p256dh: browser.p256dh, auth: browser.auth },
    got,
    next,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/**
 * Reads a push as a browser does (RFC 8291), for tests.
 * @throws Error where it is not for this browser
 */
export function openPush(sent: Buffer, { p256dh, auth, privateKey }: Browser): string {
  const salt = sent.subarray(0, 16)
  const idEnd = 21 + sent.readUInt8(20)
  const theirs = sent.subarray(21, idEnd)
  const own = createECDH('prime256v1')
  own.setPrivateKey(privateKey, 'base64url')
  const derive = (secret: Buffer, by: Buffer, info: Buffer | string, bytes: number) =>
    Buffer.from(hkdfSync('sha256', secret, by, info, bytes))
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), Buffer.from(p256dh, 'base64url'), theirs])
  const shared = derive(own.computeSecret(theirs), Buffer.from(auth, 'base64url'), info, 32)
  const key = derive(shared, salt, 'Content-Encoding: aes128gcm\0', 16)
  const decipher = createDecipheriv('aes-128-gcm', key, derive(shared, salt, 'Content-Encoding: nonce\0', 12))
  decipher.setAuthTag(sent.subarray(-16))
  const plain = Buffer.concat([decipher.update(sent.subarray(idEnd, -16)), decipher.final()])
  return plain.subarray(0, plain.lastIndexOf(2)).toString()
}
