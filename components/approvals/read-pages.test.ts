import { expect, it } from 'vitest'
import { readPages } from './read-pages'

/** A server of numbers, whose pages hold at most so many. */
function serve(all: number, most: number) {
  const asked: string[] = []
  const read = async ({ cursor = '0', limit }: { cursor: string | undefined; limit: number }) => {
    asked.push(`${cursor}+${limit}`)
    const from = Number(cursor)
    const to = Math.min(all, from + Math.min(limit, most))
    const items = Array.from({ length: to - from }, (_, at) => from + at)
    return { items, next_cursor: to < all ? String(to) : null }
  }
  return { asked, read }
}

it('reads as many as are wanted, in full pages', async () => {
  const { asked, read } = serve(500, 100)
  const { items, ...rest } = await readPages(() => 230, read)
  expect(items).toHaveLength(230)
  expect(rest).toEqual({ cursor: '230', isShort: false })
  expect(asked).toEqual(['0+100', '100+100', '200+30'])
})

it('asks no further after a page that came short, nor at the end', async () => {
  const slow = serve(500, 3)
  expect(await readPages(() => 50, slow.read)).toEqual({ items: [0, 1, 2], cursor: '3', isShort: true })
  expect(slow.asked).toHaveLength(1)
  expect(await readPages(() => 50, serve(2, 100).read)).toEqual({
    items: [0, 1],
    cursor: null,
    isShort: false,
  })
})

it('reads what came to be shown meanwhile, which would else be gone', async () => {
  const { asked, read } = serve(500, 100)
  expect((await readPages(() => (asked.length === 0 ? 50 : 100), read)).items).toHaveLength(100)
})
