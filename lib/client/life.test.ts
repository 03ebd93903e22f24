import { expect, test } from 'vitest'
import { Life, type Work } from './life.ts'

test('of a call that is over no outcome is kept while another is held, but that it began', () => {
  const life = new Life()
  const work = (key: string, call: string): Work<string> => {
    const made = life.enter<string>(key)
    made.outcome = Promise.resolve('a long outcome')
    expect(life.begin(call, made)).toBe(true)
    life.leave(key, made)
    return made
  }
  life.enter('run_1 digest held')
  work('run_3 digest c', 'run_3 c')
  const ofOpenRun = work('run_1 digest c', 'run_1 c')
  const untold = life.enter<string>('run_2 digest c')
  untold.outcome = Promise.resolve('untold')
  untold.isUntold = true
  life.leave('run_2 digest c', untold)
  // the answer to another call may be on its way, and be to this one
  expect(life.begin('run_1 c', life.enter('run_1 digest c.2'))).toBe(false)
  expect(ofOpenRun).toEqual({ count: 0 })
  expect(life.enter('run_2 digest c')).toBe(untold)
  // nothing of a run without open calls is kept
  expect(life.begin('run_3 c', life.enter('run_3 digest c'))).toBe(true)
})
