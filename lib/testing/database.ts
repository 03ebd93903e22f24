import { randomBytes } from 'node:crypto'
import postgres from 'postgres'
import { inject } from 'vitest'
import { databaseUrl } from './database-url'
import type { Template } from './global-setup'

/**
 * A migrated database of the caller's own, cloned from the template: real transactions, locks and clocks, and
 * nobody else's rows. Make one for each test file (`beforeAll`) and drop it at the end (`afterAll`), after its
 * pools are closed.
 */
export async function createTestDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const { serverUrl, template } = await askTemplate()
  const name = `test_${randomBytes(8).toString('hex')}`
  // wal_log copies a small template in half the time of file_copy, which waits for checkpoints
  await onServer(serverUrl, `create database ${name} template ${template} strategy wal_log`)
  const drop = async () => {
    try {
      await onServer(serverUrl, `drop database if exists ${name} with (force)`)
    } catch (error) {
      // A worker of autovacuum's is the superuser's, whom nobody else may end; PostgreSQL itself may.
      if ((error as { code?: string }).code !== '42501') throw error
      await onServer(serverUrl, `drop database if exists ${name}`)
    }
  }
  return { url: databaseUrl(serverUrl, name), drop }
}

async function askTemplate(): Promise<Template> {
  const response = await fetch(inject('templateAddress'))
  if (!response.ok) throw new Error(`The test database could not be made: ${await response.text()}`)
  return (await response.json()) as Template
}

async function onServer(url: string, statement: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined })
  try {
    await sql.unsafe(statement)
  } finally {
    await sql.end({ timeout: 1 })
  }
}
