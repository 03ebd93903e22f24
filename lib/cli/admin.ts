import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { attachEmbedded } from '@/lib/embedded/embedded'
import { openDatabase } from '@/db/client'
import { migrate, UnknownSchemaError } from '@/db/migrate'
import { describeWithPlace } from '@/lib/describe-error'
import { readSettings, type Settings } from '@/lib/env'
import { AppError } from '@/lib/errors'
import { secretFile } from '@/lib/embedded/secrets-file'
import { StartError } from '@/lib/start-error'
import { findCommand, UsageError, type Answer } from './admin-commands'
import { checkDatabase, explainDatabase } from './database-check'
import { root } from './install.mjs'

/**
 * Runs one operator's command on the database that the settings name, also while the server runs. Prints one
 * JSON object on standard output, or one plain sentence on standard error, where warnings go too.
 * @param args what follows `npm run admin --`
 * @returns the exit code: 0, or 1 where the command was refused or `audit verify` found a fault
 */
export async function main(args: string[]): Promise<number> {
  try {
    const envFile = join(root, '.env')
    if (existsSync(envFile)) process.loadEnvFile(envFile)
    const { value, warnings = [], isBad } = await runCommand(args, readSettings(process.env))
    for (const warning of warnings) console.error(`Warning: ${warning}`)
    console.log(JSON.stringify(value))
    return isBad ? 1 : 0
  } catch (error) {
    console.error(sentenceOf(error))
    return 1
  }
}

async function runCommand(args: string[], settings: Settings): Promise<Answer> {
  const run = findCommand(args)
  const dataDir = resolve(root, settings.dataDir)
  const embedded = settings.databaseUrl === undefined ? await attachEmbedded(dataDir) : undefined
  const url = settings.databaseUrl ?? embedded?.url ?? ''
  try {
    await checkDatabase(url, settings.allowUnsafeDatabase)
    await migrate(url, join(root, 'drizzle'))
    const { db, close } = openDatabase(url, 2)
    try {
      const authSecret = () => settings.authSecret ?? secretFile(dataDir, 'auth-secret')
      return await run({ db, appUrl: settings.appUrl, authSecret })
    } finally {
      await close()
    }
  } catch (error) {
    throw error instanceof AppError || error instanceof UsageError ? error : explainDatabase(error, url)
  } finally {
    await embedded?.stop()
  }
}

function sentenceOf(error: unknown): string {
  if (error instanceof AppError) return error.errors?.[0]?.detail ?? error.message
  if (error instanceof UsageError || error instanceof UnknownSchemaError) return error.message
  if (error instanceof StartError) return /[.\n]$/.test(error.message) ? error.message : `${error.message}.`
  return `This failed by a mistake of ours: ${describeWithPlace(error)}`
}
