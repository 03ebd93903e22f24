import { expect, test } from 'vitest'
import { migrate } from '@/db/migrate'
import { holdOneCall } from '@/lib/testing/held-call'
import { startOwnPostgres, tlsFile } from '@/lib/testing/own-postgres'
import { checkDatabase } from './database-check'

test('over TLS with a CA of one’s own, for a role and a database with odd defaults, a call is held', async () => {
  const server = await startOwnPostgres([
    'local all all scram-sha-256',
    'hostssl all all 127.0.0.1/32 scram-sha-256',
  ])
  try {
    await server.run("create role app login password 'pw'")
    await server.run('create database holdpoint owner app')
    const odd = [
      "DateStyle = 'German, DMY'",
      "search_path = ''",
      "default_transaction_isolation = 'serializable'",
    ]
    for (const setting of [...odd, 'default_transaction_read_only = on'])
      await server.run(`alter role app set ${setting}; alter database holdpoint set ${setting}`)
    const login = `postgres://app:pw@localhost:${server.port}/holdpoint`
    const url = `${login}?sslmode=verify-full&sslrootcert=${encodeURIComponent(tlsFile('ca.pem'))}`
    await checkDatabase(url, false)
    await migrate(url)
    await holdOneCall(url)
    await expect(checkDatabase(`${login}?sslmode=disable`, false)).rejects.toThrow(
      /refuses this user from here/,
    )
  } finally {
    await server.stop()
  }
}, 90_000)
