import { expect, test } from 'vitest'
import { Ending } from './ending'

test('all is undone once, in reverse order, whatever fails', async () => {
  const ending = new Ending()
  const done: string[] = []
  ending.add(() => done.push('first'))
  ending.add(() => Promise.reject(new Error('no matter')))
  ending.add(async () => {
    await Promise.resolve()
    done.push('last')
  })
  await Promise.all([ending.run(), ending.run()])
  expect(done).toEqual(['last', 'first'])
})

test('what is being made when the end comes is made first, and then undone before what came before it', async () => {
  const ending = new Ending()
  const done: string[] = []
  ending.add(() => done.push('folder removed'))
  let finish: (made: string) => void = () => undefined
  const making = ending.make(
    () => new Promise<string>((resolve) => (finish = resolve)),
    (made) => done.push(`${made} stopped`),
  )
  const ended = ending.run()
  finish('server')
  await expect(making).rejects.toThrow('ended')
  await ended
  expect(done).toEqual(['server stopped', 'folder removed'])
})

test('what was never made is not undone', async () => {
  const ending = new Ending()
  const undone: unknown[] = []
  const making = ending.make(
    () => Promise.reject(new Error('full')),
    (made) => undone.push(made),
  )
  await expect(making).rejects.toThrow('full')
  await ending.run()
  expect(undone).toEqual([])
})

test('after the end nothing is made any more', async () => {
  const ending = new Ending()
  await ending.run()
  let begun = false
  await expect(
    ending.make(
      async () => (begun = true),
      () => undefined,
    ),
  ).rejects.toThrow('ended')
  expect(begun).toBe(false)
  const undone: string[] = []
  expect(() => ending.add(() => undone.push('late'))).toThrow('ended')
  await ending.run()
  expect(undone).toEqual(['late'])
})
