import { expect, test } from 'vitest'
import { lines, oneLine, printableJson } from './printer'

const hostile = 'a\u001b[31m\u202eb\u009b2J\r\nc\u200b\u{e0041}\u2028d\u007f'

test('text of others moves no cursor and hides nothing', () => {
  const shown = oneLine(hostile)
  expect(shown).toBe('a⟨U+001B⟩[31m⟨U+202E⟩b⟨U+009B⟩2J⟨U+000D⟩⟨U+000A⟩c⟨U+200B⟩⟨U+E0041⟩⟨U+2028⟩d⟨U+007F⟩')
  expect(lines(hostile).join('\n')).not.toMatch(/[\p{Cc}\p{Cf}](?<!\n)/u)
})

test('letters from right to left are kept to themselves', () => {
  expect(oneLine('אבג')).toBe('\u2068אבג\u2069')
})

test('JSON says the same with nothing in it that misleads, and numbers stay whole', () => {
  const value = { [hostile]: hostile, n: 12345678901234567890n }
  const text = printableJson(value)
  expect(text).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}]/u)
  expect(text).toContain('12345678901234567890')
  expect(JSON.parse(text)).toEqual({ [hostile]: hostile, n: Number('12345678901234567890') })
})
