import { createInterface } from 'node:readline'
import postgres from 'postgres'
import { startEmbedded } from '@/lib/embedded/embedded'
import { StartError } from '@/lib/start-error'

/**
 * A process of its own at an embedded database: `embedded-client.ts DATA_DIR [WRITERS]` prints one JSON line when
 * it is up (or `{"refused": …}`), then each number that a writer had acknowledged, until `stop` comes in.
 */
const [dataDir = '', writers = '0'] = process.argv.slice(2)

function say(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

try {
  const database = await startEmbedded({ dataDir, log: (line) => process.stderr.write(`${line}\n`) })
  const sql = postgres(database.url, { max: Number(writers) || 1, onnotice: () => undefined })
  const [row] =
    await sql`select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit,
    current_setting('TimeZone') as zone, pg_encoding_to_char(encoding) as encoding, (select rolsuper from pg_roles
    where rolname = current_user) as super from pg_database where datname = current_database()`
  await sql`create table if not exists written (writer int, number int, primary key (writer, number))`
  say({ ...database, pid: process.pid, settings: row })
  process.on('uncaughtException', () => undefined)
  for (let writer = 1; writer <= Number(writers); writer += 1) void write(sql, writer)
  for await (const line of createInterface({ input: process.stdin })) if (line === 'stop') break
  await sql.end({ timeout: 1 })
  await database.stop()
  process.exit(0)
} catch (error) {
  if (!(error instanceof StartError)) throw error
  say({ refused: error.message })
  process.exit(1)
}

async function write(sql: postgres.Sql, writer: number): Promise<void> {
  for (let number = 1; ; number += 1) {
    await sql`insert into written values (${writer}, ${number})`
    say({ writer, number })
  }
}
