import { expect, it } from 'vitest'
import { inBatches } from './in-batches'

it('waits for the batch on its way and sends none after it once it is stopped', async () => {
  const sent: number[][] = []
  let isStopped = false
  const end = await inBatches(
    [1, 2, 3, 4, 5],
    2,
    () => isStopped,
    async (batch, from) => {
      sent.push(batch)
      isStopped = from === 2
      return true
    },
  )
  expect(end).toBe('stopped')
  expect(sent).toEqual([
    [1, 2],
    [3, 4],
  ])
})

it('is done where the last batch was on its way, and ends at what fails', async () => {
  const stopped = () => true
  expect(await inBatches([1, 2], 2, stopped, async () => true)).toBe('done')
  const sent: number[][] = []
  const send = async (batch: number[]) => sent.push(batch) < 2
  expect(await inBatches([1, 2, 3], 1, () => false, send)).toBe('failed')
  expect(sent).toEqual([[1], [2]])
})
