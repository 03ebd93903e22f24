import { describe, expect, it } from 'vitest'
import { digitsOf, integerOf } from './exact-number'
import { parseStrict } from './strict'

const long = 200_000

describe('decimals that a double would change are refused', () => {
  it.each([
    ['a small rest on a large number', '1000.0000000000000001'],
    ['18 digits', '333333333.333333291'],
    ['18 digits with an exponent', '123456789012345678e3'],
    ['one tenth and a bit', '0.1000000000000000000000000000001'],
    ['the exact value of the double of 0.1', '0.1000000000000000055511151231257827021181583404541015625'],
    ['too large', '1e400'],
    ['too small', '1e-400'],
    ['half the smallest', '2e-324'],
    ['an absurd exponent', '1e999999999999'],
    ['an absurd negative exponent', '1e-999999999999'],
    ['an exponent of many digits', `1e${'9'.repeat(long)}`],
    ['many digits after the dot', `0.${'1'.repeat(long)}`],
    ['a one after many zeros', `1.${'0'.repeat(long)}1`],
  ])('%s', (_, literal) => {
    expect(() => parseStrict(`[${literal}]`)).toThrow('send it as text')
  })
})

describe('decimals of up to 17 digits are their double', () => {
  it.each([
    ['0.1'],
    ['4.50'],
    ['1E30'],
    ['-0'],
    ['-0.0e-7'],
    ['1.0'],
    ['100e-2'],
    ['1e23'],
    ['5e-324'],
    ['4.9406564584124654e-324'],
    ['1.7976931348623157e308'],
    ['17976931348623157e292'],
    ['0.30000000000000004'],
    ['0.10000000000000001'],
    ['333333333.33333329'],
    ['1.0000000000000000'],
    ['9007199254740993.0'],
    ['0e999999999999999999999'],
    ['1e0000000000000000000000000000001'],
    [`1.${'0'.repeat(long)}`],
    [`0.${'0'.repeat(long)}1e${long + 1}`],
    [`1${'0'.repeat(long)}e-${long}`],
  ])('%s', (literal) => {
    expect(parseStrict(literal).value).toBe(Number(literal))
  })
})

describe('whole numbers of any size are exact', () => {
  it.each([
    ['one beyond 2^53', '9007199254740993'],
    ['the same, negative', '-9007199254740993'],
    ['2^53, which a double has too', '9007199254740992'],
    ['an identifier of 19 digits', '1234567890123456789'],
    ['a power of ten', `1${'0'.repeat(300)}`],
    ['40 digits', '1234567890123456789012345678901234567890'],
    ['many digits', '7'.repeat(long)],
  ])('%s', (_, literal) => {
    expect(parseStrict(literal).value).toBe(BigInt(literal))
  })

  it.each(['9007199254740991', '-9007199254740991', '0', '1000'])('%s stays a number', (literal) => {
    expect(parseStrict(literal).value).toBe(Number(literal))
  })
})

describe('long whole numbers', () => {
  it('are read and written the same, however many were read before', () => {
    const literals = Array.from(
      { length: 45 },
      (_, i) => `${i % 2 ? '-' : ''}${i + 1}${'7'.repeat(100_000 + i)}`,
    )
    const values = literals.map((literal) => integerOf(literal) as bigint)
    expect(values.map((value) => digitsOf(value) === String(value))).not.toContain(false)
    expect(literals.map((literal, i) => integerOf(literal) === values[i])).not.toContain(false)
    expect(literals.every((literal, i) => digitsOf(values[i]!) === literal)).toBe(true)
  })
})
