import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { HttpConnection, readAnswer, requestText } from './http-connection'

const bytes = (text: string) => Buffer.from(text)

describe('an answer is read', () => {
  const sized = 'HTTP/1.1 201 Created\r\nX: y\r\nContent-Length: 8\r\n\r\n{"a":"é'

  test('by its length in bytes, once all of it is there', () => {
    const whole = bytes(sized)
    expect(readAnswer(whole.subarray(0, 20))).toBeUndefined()
    expect(readAnswer(whole.subarray(0, -1))).toBeUndefined()
    expect(readAnswer(whole)).toEqual({ status: 201, body: '{"a":"é' })
  })

  test('in chunks, wherever it is cut', () => {
    const text =
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n'
    const whole = bytes(text)
    for (let end = 0; end < whole.length; end++) expect(readAnswer(whole.subarray(0, end))).toBeUndefined()
    expect(readAnswer(whole)).toEqual({ status: 200, body: 'abc0123456789' })
  })

  test('without a body', () => {
    expect(readAnswer(bytes('HTTP/1.1 204 No Content\r\n\r\n'))).toEqual({ status: 204, body: '' })
  })

  test('or refused where it is none, or nobody can say where it ends', () => {
    expect(() => readAnswer(bytes('SSH-2.0 hello\r\n\r\n'))).toThrow(/no HTTP/)
    expect(() => readAnswer(bytes('HTTP/1.1 200 OK\r\n\r\nabc'))).toThrow(/no length/)
  })
})

test('a request says how long its body is in bytes', () => {
  const text = requestText('POST', '/api/x', { token: 't', wait: 5, body: { a: 'é' } })
  expect(text).toBe(
    'POST /api/x HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer t\r\nPrefer: wait=5\r\n' +
      'Content-Type: application/json\r\nContent-Length: 10\r\n\r\n{"a":"é"}',
  )
  expect(requestText('GET', '/')).toBe('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n')
})

describe('a connection', () => {
  async function answering(reply: (socket: Socket) => void) {
    const server = createServer((socket) => socket.on('data', () => reply(socket))).listen(0, '127.0.0.1')
    await once(server, 'listening')
    return { port: (server.address() as AddressInfo).port, close: () => server.close() }
  }

  test('carries one request after the other', async () => {
    let count = 0
    const server = await answering((socket) =>
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n${++count}`),
    )
    const connection = await HttpConnection.open(server.port)
    expect([(await connection.send('x')).body, (await connection.send('x')).body]).toEqual(['1', '2'])
    connection.close()
    server.close()
  })

  test('that ends before the answer fails the request, and every one after it', async () => {
    const server = await answering((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf'))
    const connection = await HttpConnection.open(server.port)
    await expect(connection.send('x')).rejects.toThrow(/closed/)
    await expect(connection.send('x')).rejects.toThrow(/not free/)
    server.close()
  })

  test('that brings no HTTP fails the request', async () => {
    const server = await answering((socket) => socket.write('nonsense\r\n\r\n'))
    const connection = await HttpConnection.open(server.port)
    await expect(connection.send('x')).rejects.toThrow(/no HTTP/)
    server.close()
  })
})
