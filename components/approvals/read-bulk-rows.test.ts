import { expect, test } from 'vitest'
import type { Approval } from '@/lib/approvals/schemas'
import { readBulkRows, rowsAtOnce } from './read-bulk-rows'

const selected = Array.from({ length: 250 }, (_, at) => ({ id: `apr_${at}`, tool: 'pay', digest: `d${at}` }))
const approvalOf = (id: string, digest = id.replace('apr_', 'd')) =>
  ({ id, digest, params: { note: 'x'.repeat(988) } }) as unknown as Approval
const rowOf = (id: string) => ({ approval: approvalOf(id), params: approvalOf(id).params })

/** Reads as the API does, two pages for each batch. */
function reader(gone: string[] = []) {
  const asked: string[][] = []
  const readPage = async (ids: string[], cursor: string | null) => {
    asked.push(ids)
    const half = Math.ceil(ids.length / 2)
    const some = (cursor === null ? ids.slice(0, half) : ids.slice(half)).filter((id) => !gone.includes(id))
    return { items: some.map((id) => approvalOf(id)), next_cursor: cursor === null ? 'more' : null }
  }
  return { asked, readPage }
}

test('reads what is not here in batches, page by page, in the order of the selection', async () => {
  const { asked, readPage } = reader()
  const here = new Map([['apr_1', rowOf('apr_1')]])
  const { rows, changed, left } = await readBulkRows(selected, here, readPage)
  expect(rows.map(({ approval }) => approval.id)).toEqual(selected.map(({ id }) => id))
  expect({ changed, left }).toEqual({ changed: 0, left: 0 })
  expect(asked.map((ids) => ids.length)).toEqual([99, 99, 100, 100, 50, 50])
})

test('what is all here is not read', async () => {
  const { asked, readPage } = reader()
  const here = new Map(selected.map(({ id }) => [id, rowOf(id)]))
  expect((await readBulkRows(selected, here, readPage)).rows).toHaveLength(250)
  expect(asked).toEqual([])
})

test('counts apart what was changed or is gone, and what is too much to hold', async () => {
  const { asked, readPage } = reader(['apr_2'])
  const here = new Map([['apr_3', { ...rowOf('apr_3'), approval: approvalOf('apr_3', 'another') }]])
  // 98 rows of 1,000 characters are more than this
  const { rows, changed, left } = await readBulkRows(selected, here, readPage, 97_000)
  expect(rows).toHaveLength(rowsAtOnce - 2)
  expect({ changed, left }).toEqual({ changed: 2, left: 150 })
  expect(asked.flat()).not.toContain('apr_100')
})

test('a failure is told and not taken for an empty list', async () => {
  const failing = () => Promise.reject(new Error('out of reach'))
  await expect(readBulkRows(selected, new Map(), failing)).rejects.toThrow('out of reach')
})
