import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isAlive, markProcess, processStamp } from './alive.mjs'
import { acquireLock } from './lock.mjs'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdpoint-lock-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Runs a piece of JavaScript with `acquireLock`, `folder` and `fs` at hand, in a process of its own. */
function run(code: string) {
  const address = pathToFileURL(join(import.meta.dirname, 'lock.mjs')).href
  const program = `import { acquireLock } from ${JSON.stringify(address)}
    import fs from 'node:fs'
    const folder = ${JSON.stringify(folder)}
    ${code}`
  return spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
}

test('of four processes only one is inside at a time', async () => {
  const counter = join(folder, 'counter')
  writeFileSync(counter, '0')
  const code = `for (let turn = 0; turn < 15; turn += 1) {
      const lock = await acquireLock(folder, 'x', { timeoutMs: 15000 })
      const seen = Number(fs.readFileSync(folder + '/counter', 'utf8'))
      await new Promise((done) => setTimeout(done, 1))
      fs.writeFileSync(folder + '/counter', String(seen + 1))
      lock.release()
    }`
  const exits = await Promise.all(Array.from({ length: 4 }, () => once(run(code), 'exit')))
  expect(exits.map(([code]) => code)).toEqual(Array(4).fill(0))
  expect(readFileSync(counter, 'utf8')).toBe('60')
  expect(readdirSync(folder).filter((name) => name.startsWith('x.lock.'))).toHaveLength(1)
})

test('control: without the lock the same counting comes out wrong', async () => {
  const counter = join(folder, 'counter')
  writeFileSync(counter, '0')
  const code = `process.stdout.write('ready\\n')
    await new Promise((go) => process.stdin.once('data', go))
    for (let turn = 0; turn < 25; turn += 1) {
      const seen = Number(fs.readFileSync(folder + '/counter', 'utf8'))
      await new Promise((done) => setTimeout(done, 1))
      fs.writeFileSync(folder + '/counter', String(seen + 1))
    }
    process.exit()`
  const children = Array.from({ length: 4 }, () => run(code))
  await Promise.all(children.map((child) => once(createInterface({ input: child.stdout }), 'line')))
  const exits = children.map((child) => once(child, 'exit'))
  for (const child of children) child.stdin.write('go\n')
  await Promise.all(exits)
  expect(readFileSync(counter, 'utf8')).not.toBe('100')
})

test('a killed holder does not keep it', async () => {
  const holder = run(`await acquireLock(folder, 'x', { timeoutMs: 1000 })
    process.stdout.write('held\\n')
    setInterval(() => undefined, 1000)`)
  await once(createInterface({ input: holder.stdout }), 'line')
  let waitedFor = 0
  const onWait = (pid: number) => {
    waitedFor = pid
  }
  await expect(acquireLock(folder, 'x', { timeoutMs: 100, onWait })).rejects.toThrow(
    `held by process ${holder.pid}`,
  )
  expect(waitedFor).toBe(holder.pid)
  holder.kill('SIGKILL')
  const lock = await acquireLock(folder, 'x', { timeoutMs: 5000 })
  lock.release()
})

test('within one process it is a lock too', async () => {
  const first = await acquireLock(folder, 'x', { timeoutMs: 1000 })
  await expect(acquireLock(folder, 'x', { timeoutMs: 60 })).rejects.toThrow(/still held/)
  first.release()
  const second = await acquireLock(folder, 'x', { timeoutMs: 1000 })
  second.release()
})

test('a process is known again, and its number alone is not it', () => {
  const mark = markProcess()
  expect(isAlive(mark)).toBe(true)
  expect(isAlive({ ...mark, stamp: `${mark.stamp}0` })).toBe(false)
  expect(isAlive({ ...mark, space: 'pid:[1]' })).toBe(false)
  expect(processStamp(2_147_483_646)).toBeUndefined()
})

test.skipIf(process.platform !== 'linux')('a zombie does not live', async () => {
  const parent = spawn('/bin/sh', ['-c', 'sleep 0.3 & echo $!; exec sleep 5'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string]
  await expect.poll(() => readFileSync(`/proc/${line}/stat`, 'utf8')).toContain(') Z ')
  expect(processStamp(Number(line))).toBeUndefined()
  parent.kill('SIGKILL')
})
