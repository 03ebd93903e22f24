import { expect, test } from 'vitest'
import { Circuit } from './circuit'

const enter = (
  circuit: Circuit,
  id: string,
  more: { isFailing?: boolean; isByHand?: boolean; now?: number } = {},
) => circuit.enter(id, more.isFailing ?? false, more.isByHand ?? false, more.now ?? 0)

test('four quick failures hold nothing, the fifth 5 s, then twice as long each five, 5 min at most', () => {
  const circuit = new Circuit()
  const holds = Array.from({ length: 60 }, () => circuit.failed('a', false, 0))
  expect(holds.slice(0, 10)).toEqual([0, 0, 0, 0, 5000, 5000, 5000, 5000, 5000, 10_000])
  expect(holds.at(-1)).toBe(300_000)
})

test('one slow failure holds at once, and only that webhook', () => {
  const circuit = new Circuit()
  expect(circuit.failed('a', true, 1000)).toBe(5000)
  expect(enter(circuit, 'a', { now: 2000 })).toBe(4000)
  expect(enter(circuit, 'a', { now: 2000, isByHand: true })).toBeTypeOf('function')
  expect(enter(circuit, 'a', { now: 6001 })).toBeTypeOf('function')
  expect(enter(circuit, 'b', { now: 2000 })).toBeTypeOf('function')
  circuit.forget('a')
  expect(enter(circuit, 'a', { now: 2000 })).toBeTypeOf('function')
})

test('of those that fail, three may be tried at a time, of those not known to work eight; the others always', () => {
  const circuit = new Circuit()
  const failing = ['a', 'b', 'c'].map((id) => enter(circuit, id, { isFailing: true }))
  expect(enter(circuit, 'd', { isFailing: true })).toBeTypeOf('number')
  const fresh = Array.from({ length: 5 }, (_, i) => enter(circuit, `new ${i}`))
  expect([...failing, ...fresh].every((entered) => typeof entered === 'function')).toBe(true)
  expect(enter(circuit, 'one more')).toBeTypeOf('number')
  for (let i = 0; i < 20; i++) {
    circuit.succeeded(`good ${i}`)
    expect(enter(circuit, `good ${i}`)).toBeTypeOf('function')
  }
  ;(failing[0] as () => void)()
  expect(enter(circuit, 'd', { isFailing: true })).toBeTypeOf('function')
})

test('one that worked and fails is no longer counted among those that work', () => {
  const circuit = new Circuit()
  circuit.succeeded('a')
  circuit.failed('a', false, 0)
  for (const id of ['b', 'c', 'd']) enter(circuit, id, { isFailing: true })
  expect(enter(circuit, 'a')).toBeTypeOf('number')
})
