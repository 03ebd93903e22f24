import { describe, expect, test } from 'vitest'
import { target, type Figure } from './figure'
import { readOptions, sectionNames } from './options'
import { readReport } from './pgbench'
import { reportTable } from './table'

const machine = { node: '20.1.2', cpus: 2, postgres: '18.4', pgbench: null }

describe('the table', () => {
  const figures: Figure[] = [
    { section: 'throughput', name: 'static answer, 1', value: 12_345.6, unit: '/s' },
    {
      ...{
        section: 'throughput',
        name: 'decide, 16',
        value: 812.4,
        unit: '/s',
        ofPgbench: 0.512,
        ofStatic: 0.066,
      },
      target: target(0.512, 'atLeast', 0.5, 'of pgbench'),
    },
    {
      section: 'wake',
      name: 'p50',
      value: 2.345,
      unit: 'ms',
      target: target(3.1, 'atMost', 3, 'of it'),
      note: 'late',
    },
  ]

  test('has a line a figure under its section, all in columns', () => {
    expect(reportTable(machine, figures)).toBe(
      `Node 20.1.2, 2 processors, PostgreSQL 18.4, no pgbench here, so no ratios to it

                       median  of pgbench  of static  target

throughput
  static answer, 1  12,346 /s           -          -
  decide, 16           812 /s        0.51       0.07  ≥ 0.5 of pgbench (0.51) met

wake
  p50                 2.35 ms           -          -  ≤ 3 of it (3.10) MISSED; late`,
    )
  })

  test('says why of what could not be measured, instead of a number', () => {
    const missing: Figure = { section: 'cycles', name: 'an SDK', value: null, unit: '/s', note: 'not here' }
    expect(reportTable(machine, [missing])).toMatch(/^ {2}an SDK +- +- +- +not here$/m)
  })

  test('says nothing of pgbench where it is there', () => {
    expect(reportTable({ ...machine, pgbench: '/usr/bin/pgbench' }, figures)).not.toContain('no pgbench')
  })
})

test('a target is met at its very bound', () => {
  expect(target(0.5, 'atLeast', 0.5, 'of x').isMet).toBe(true)
  expect(target(0.49, 'atLeast', 0.5, 'of x').isMet).toBe(false)
  expect(target(2, 'atMost', 2, 'of x').isMet).toBe(true)
  expect(target(2.01, 'atMost', 2, 'of x').isMet).toBe(false)
  expect(target(Number.NaN, 'atMost', 2, 'of x').isMet).toBe(false)
})

describe('options', () => {
  test('without any: everything, as a table', () => {
    expect(readOptions([])).toEqual({ json: false, quick: false, help: false, only: sectionNames })
  })

  test('some parts, in the order of a run', () => {
    expect(readOptions(['--only', 'scale, wake', '--json'])).toMatchObject({
      json: true,
      only: ['wake', 'scale'],
    })
  })

  test('what is not known is said', () => {
    expect(readOptions(['--only', 'speed'])).toMatch(/does not know "speed"; it knows throughput/)
    expect(readOptions(['--only', ''])).toMatch(/does not know ""/)
    expect(readOptions(['--fast'])).toMatch(/--fast/)
    expect(readOptions(['scale'])).toMatch(/scale/)
  })
})

describe('what pgbench says', () => {
  const report = (done: string) => `number of transactions actually processed: ${done}
number of failed transactions: 0 (0.000%)
latency average = 0.5 ms
tps = 1234.567891 (without initial connection time)
`

  test('is its rate', () =>
    expect(readReport(report('500/500'), 500)).toEqual({ perSecond: 1234.567891, count: 500 }))

  test('counts for nothing where a part was not done, or there is no rate', () => {
    expect(() => readReport(report('499/500'), 500)).toThrow(/499 of 500/)
    expect(() => readReport('no such thing', 500)).toThrow(/of 500/)
  })
})
