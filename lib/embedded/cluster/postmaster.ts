import { execFileSync } from 'node:child_process'
import { closeSync, openSync, readFileSync, statSync, unlinkSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { markProcess, processStamp } from '@/lib/embedded/processes/alive.mjs'

/** What PostgreSQL writes about itself in `postmaster.pid`. */
export type Postmaster = { pid: number; port: number; status: string }

/** A number that no process can have (the highest is 2^22). */
const nobodysPid = 2_147_483_646

/**
 * The server that runs over this cluster. A pid file that a crash left behind names none, even where its number
 * is in use again by another program, or by the zombie that nobody has buried.
 */
export function findPostmaster(cluster: string): Postmaster | undefined {
  const found = readPidFile(cluster)
  return found !== undefined && serves(found.pid, cluster) ? found : undefined
}

function readPidFile(cluster: string): Postmaster | undefined {
  let text: string
  try {
    text = readFileSync(join(cluster, 'postmaster.pid'), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  // miscadmin.h: pid, data directory, start time, port, socket folder, address, shared memory key, status
  const lines = text.split('\n').map((line) => line.trim())
  const pid = Number(lines[0])
  return Number.isInteger(pid) && pid > 0
    ? { pid, port: Number(lines[3] ?? 0), status: lines[7] ?? '' }
    : undefined
}

/** Whether the process lives, is a PostgreSQL and works in this folder, under whatever path. */
function serves(pid: number, cluster: string): boolean {
  if (processStamp(pid) === undefined) return false
  if (process.platform !== 'linux') {
    const command = commandLine(pid)
    return command.includes('postgres') && command.includes(cluster)
  }
  try {
    if (readFileSync(`/proc/${pid}/comm`, 'utf8').trim() !== 'postgres') return false
    const [here, there] = [statSync(`/proc/${pid}/cwd`), statSync(cluster)]
    return here.ino === there.ino && here.dev === there.dev
  } catch {
    // the folder of another user's process is hidden; its arguments are not
    return commandLine(pid).includes(cluster)
  }
}

function commandLine(pid: number): string {
  try {
    if (process.platform === 'linux')
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
    return execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' })
  } catch {
    return ''
  }
}

/**
 * Makes a pid file that a crash left behind name no process, for PostgreSQL itself looks no further than whether
 * the number is in use. Only the number changes: PostgreSQL still checks by the file's shared memory key that
 * no child of the dead server is at work on the files. To be called under the start lock, with no server alive.
 */
export function defusePidFile(cluster: string): void {
  const file = join(cluster, 'postmaster.pid')
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  // an empty one is from a disk that was full; it names nothing, and PostgreSQL refuses to start beside it
  if (text.trim() === '') return unlinkSync(file)
  const descriptor = openSync(file, 'r+')
  writeSync(descriptor, text.replace(/^\s*-?\d+/, String(nobodysPid)), 0)
  closeSync(descriptor)
}

/** Asks the server to end its sessions, save and stop; true once it is gone, false where `timeoutMs` pass first. */
export async function stopPostmaster(cluster: string, timeoutMs: number): Promise<boolean> {
  const server = findPostmaster(cluster)
  if (server === undefined) return true
  const { stamp } = markProcess(server.pid)
  process.kill(server.pid, 'SIGINT')
  const deadline = performance.now() + timeoutMs
  while (processStamp(server.pid) === stamp) {
    if (performance.now() > deadline) return false
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return true
}
