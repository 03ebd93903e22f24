// @ts-check
import { execFileSync } from 'node:child_process'
import { readFileSync, readlinkSync } from 'node:fs'

/**
 * A process in a way that survives the reuse of its number: `space` is the PID namespace (containers count
 * apart), `stamp` the moment it began.
 * @typedef {{ pid: number, space: string, stamp: string }} ProcessMark
 */

const onLinux = process.platform === 'linux'

/** @param {() => string} read */
function orEmpty(read) {
  try {
    return read()
  } catch {
    return ''
  }
}

const bootId = onLinux ? orEmpty(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()) : ''

/** The PID namespace of this process; empty where the system has none. */
export const pidSpace = onLinux ? orEmpty(() => readlinkSync('/proc/self/ns/pid')) : ''

/**
 * When the process `pid` began, as a text to compare; undefined where there is none or it is a zombie, which
 * `kill(pid, 0)` alone would count as alive.
 * @param {number} pid
 * @returns {string | undefined}
 */
export function processStamp(pid) {
  if (onLinux) {
    const stat = orEmpty(() => readFileSync(`/proc/${pid}/stat`, 'latin1'))
    // proc(5): the name in brackets may hold blanks; state is field 3, the start time field 22
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (stat === '' || fields[0] === 'Z' || fields[0] === 'X') return undefined
    return `${bootId}:${fields[19]}`
  }
  const line = orEmpty(() =>
    execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim(),
  )
  return line === '' || line.startsWith('Z') ? undefined : line.replace(/^\S+\s+/, '')
}

/**
 * @param {number} [pid] this process where not given
 * @returns {ProcessMark}
 */
export function markProcess(pid = process.pid) {
  return { pid, space: pidSpace, stamp: processStamp(pid) ?? '' }
}

/**
 * Whether exactly the marked process still runs. One of another PID namespace counts as gone.
 * @param {ProcessMark} mark
 */
export function isAlive(mark) {
  return mark.space === pidSpace && mark.stamp !== '' && processStamp(mark.pid) === mark.stamp
}
