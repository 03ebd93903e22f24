import { existsSync, readFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import os from 'node:os'
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { confirmDeviceLogin, denyDeviceLogin } from '@/lib/device-login/settle'
import { makeMachine, type RunOptions } from '@/lib/testing/command'
import { makeTestProject, signedIn, type TestProject } from '@/lib/testing/project'
import { startRest, type Rest } from '@/lib/testing/rest'
import type { Config } from './config'

let rest: Rest
let project: TestProject
beforeAll(async () => {
  rest = await startRest()
  project = await makeTestProject(rest.db)
})
afterAll(() => rest.close())

let machine: ReturnType<typeof makeMachine>
beforeEach(() => (machine = makeMachine()))
afterEach(() => machine.remove())

/** `login` at a terminal, and what a person does who reads the code there. */
function login(answer: (code: string) => unknown, options: RunOptions = {}) {
  let isAnswered = false
  const onStderr = (text: string) => {
    const code = /shows the code (\S{9}),/.exec(text)?.[1]
    if (code === undefined || isAnswered) return
    isAnswered = true
    void answer(code)
  }
  return machine.run(['login', rest.url], { isTerminal: true, onStderr, ...options })
}

test('a person who confirms in the console logs the machine in', async () => {
  const ann = await signedIn(await project.member('reviewer'))
  const ran = await login((code) => confirmDeviceLogin(ann, { code }))
  expect(ran).toMatchObject({ code: 0 })
  expect(ran.stderr).toMatch(/^Open {3}http:\/\/localhost:3000\/device\?code=\S{9}\n/)
  expect(ran.stdout).toContain(`you      ${ann.actor.email}, reviewer`)
  const { profiles } = JSON.parse(readFileSync(machine.config, 'utf8')) as Config
  expect(profiles.default).toMatchObject({ url: rest.url, token: expect.stringMatching(/^hpu_/) as string })
  expect(ran.stdout + ran.stderr).not.toContain(profiles.default?.token)
  expect((await machine.run(['whoami'])).stdout).toMatch(/with {5}holdpoint of .* on .* hpu_/)
})

test('a machine whose user has no name, as in a container, is known by its own', async () => {
  const { userInfo } = os
  onTestFinished(() => {
    os.userInfo = userInfo
    syncBuiltinESMExports()
  })
  os.userInfo = () => {
    throw new Error('ENOENT: no such user')
  }
  syncBuiltinESMExports()
  const ann = await signedIn(await project.member('reviewer'))
  const ran = await login((code) => confirmDeviceLogin(ann, { code }))
  expect(ran).toMatchObject({ code: 0 })
  expect((await machine.run(['whoami'])).stdout).toMatch(/with {5}holdpoint of \S+ on .* hpu_/)
})

test('one who denies it does not, and nothing is kept', async () => {
  const ran = await login((code) => denyDeviceLogin(rest.db, code))
  expect(ran).toMatchObject({ code: 3, stdout: '' })
  expect(ran.stderr).toContain('The login was denied.')
  expect(existsSync(machine.config)).toBe(false)
})

test('who leaves while it waits is let go', async () => {
  const ending = new AbortController()
  const ran = await login(() => ending.abort(new Error('stop')), { signal: ending.signal })
  expect(ran.code).not.toBe(0)
  expect(existsSync(machine.config)).toBe(false)
})

test('without a terminal nobody is asked to confirm', async () => {
  const ran = await machine.run(['login', rest.url])
  expect(ran.code).toBe(2)
  expect(ran.stderr).toContain('holdpoint login --token - < FILE')
})
