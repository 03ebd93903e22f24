import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import postgres from 'postgres'
import type { TestProject } from 'vitest/node'
import { startEmbedded } from '@/lib/embedded/embedded'
import { migrate } from '@/db/migrate'
import { settingNames } from '@/lib/env'
import { databaseUrl } from './database-url'
import { scratchFolder } from './scratch'

/** A server with a migrated database to clone. */
export type Template = { serverUrl: string; template: string }

declare module 'vitest' {
  export interface ProvidedContext {
    /** Address that answers with the `Template`; the first who asks has it made. */
    templateAddress: string
    /** What stands before the API's handlers; see `rest-front.ts`. */
    front: 'own' | 'next'
  }
}

/**
 * One PostgreSQL for all tests: `TEST_DATABASE_URL` where it is set, else an embedded one in a scratch folder.
 * It is made when the first test file asks for a database, so that tests without one do not wait for it.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  for (const name of settingNames) delete process.env[name]
  let made: Promise<Template & { end(): Promise<void> }> | undefined
  const server = createServer(async (_request, response) => {
    try {
      const { serverUrl, template } = await (made ??= makeTemplate())
      response.end(JSON.stringify({ serverUrl, template } satisfies Template))
    } catch (error) {
      response.statusCode = 500
      response.end(error instanceof Error ? error.stack : String(error))
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  project.provide('templateAddress', `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  return async () => {
    server.close()
    const done = await made?.catch(() => undefined)
    await done?.end()
  }
}

async function makeTemplate(): Promise<Template & { end(): Promise<void> }> {
  const server = await openServer()
  const template = `template_${randomBytes(6).toString('hex')}`
  try {
    await onServer(server.url, (sql) => sql.unsafe(`create database ${template}`))
    await migrate(databaseUrl(server.url, template))
  } catch (error) {
    await server.end()
    throw error
  }
  const end = async () => {
    if (!server.isOurs)
      await onServer(server.url, (sql) => sql.unsafe(`drop database if exists ${template} with (force)`))
    await server.end()
  }
  return { serverUrl: server.url, template, end }
}

async function openServer() {
  const given = process.env.TEST_DATABASE_URL
  if (given !== undefined && given !== '') return { url: given, isOurs: false, end: async () => undefined }
  const dataDir = scratchFolder('holdpoint-test-')
  const removeFolder = () => rmSync(dataDir, { recursive: true, force: true })
  try {
    const database = await startEmbedded({ dataDir })
    return { url: database.url, isOurs: true, end: () => database.stop().then(removeFolder) }
  } catch (error) {
    removeFolder()
    throw error
  }
}

async function onServer(url: string, work: (sql: postgres.Sql) => Promise<unknown>): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined })
  try {
    await work(sql)
  } finally {
    await sql.end({ timeout: 1 })
  }
}
