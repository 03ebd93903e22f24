import { describe, expect, it } from 'vitest'
import { hasMixedScripts } from './scripts'

describe('hasMixedScripts', () => {
  it.each([
    ['Cyrillic а in a Latin word', 'p\u0430ypal'],
    ['Cyrillic і in a key', 'order_\u0456d'],
    ['a Cyrillic and a Latin half joined by an underscore', '\u0440\u0430\u0443_pal'],
    ['Greek ο in a Latin word', 'g\u03bf\u03bfgle'],
    ['Armenian օ in a Latin word', 'b\u0585nus'],
    ['Cherokee in a Latin word', 'p\u13aay'],
    ['Lisu in a Latin word', 'P\ua4d0Y'],
    ['Latin in a Cyrillic word', 'приbет'],
    ['Greek in a Cyrillic word', 'м\u03bfсква'],
    ['digits of another script beside Latin letters', 'ORD-1\u0968a'],
    ['one such word at the end of a long text', `${'plain words '.repeat(5000)}ad\u043cin`],
    ['Latin and Hangul and Cyrillic', '\ud55ca\u0431'],
  ])('%s', (_, text) => {
    expect(hasMixedScripts(text)).toBe(true)
  })

  it.each([
    ['ASCII', 'order_id=ORD-1234'],
    ['Latin with accents', 'Ça coûte 5 € à Łódź, ﬁn'],
    ['decomposed accents', 'café'.normalize('NFD')],
    ['Russian beside English words', 'Привет, world: заказ ORD-1234 на 129 €'],
    ['Greek', 'Καλημέρα κόσμε'],
    ['Arabic with digits', 'طلب رقم ١٢٣ 123'],
    ['Hebrew', 'שָׁלוֹם 5'],
    ['Japanese with Latin letters', 'Tシャツを3枚とCDを買う'],
    ['Chinese with Latin letters', '卡拉OK'],
    ['Korean with Latin letters', 'IT산업'],
    ['Hindi', 'नमस्ते'],
    ['emoji in a word', 'ok👍ok'],
    ['nothing', ''],
  ])('not %s', (_, text) => {
    expect(hasMixedScripts(text)).toBe(false)
  })
})
