import { describe, expect, it } from 'vitest'
import { plainText } from './channels'
import { showText } from './show'

describe('what cannot be seen is named', () => {
  it.each([
    ['a right-to-left override', 'pay \u202e931 RUE\u202c now', 'pay ⟨U+202E⟩931 RUE⟨U+202C⟩ now'],
    [
      'bidirectional isolates',
      '\u2066a\u2069\u2067b\u2069\u2068c',
      '⟨U+2066⟩a⟨U+2069⟩⟨U+2067⟩b⟨U+2069⟩⟨U+2068⟩c',
    ],
    ['bidirectional marks', 'a\u200e\u200f\u061cb', 'a⟨U+200E⟩⟨U+200F⟩⟨U+061C⟩b'],
    ['zero-width characters', 'or\u200bd\u200cer\u2060\ufeff', 'or⟨U+200B⟩d⟨U+200C⟩er⟨U+2060⟩⟨U+FEFF⟩'],
    ['a soft hyphen', 'trans\u00adfer', 'trans⟨U+00AD⟩fer'],
    ['tag characters', 'ok\u{e0001}\u{e0070}\u{e0061}', 'ok⟨U+E0001⟩⟨U+E0070⟩⟨U+E0061⟩'],
    ['Hangul fillers', 'a\u3164b\uffa0c\u115fd\u1160', 'a⟨U+3164⟩b⟨U+FFA0⟩c⟨U+115F⟩d⟨U+1160⟩'],
    ['a variation selector on a letter', 'a\ufe0fb\u{e0100}', 'a⟨U+FE0F⟩b⟨U+E0100⟩'],
    ['a grapheme joiner', 'a\u034fb', 'a⟨U+034F⟩b'],
    [
      'blanks of other widths',
      '1\u00a0000\u2009\u3000\u1680\u202f1',
      '1⟨U+00A0⟩000⟨U+2009⟩⟨U+3000⟩⟨U+1680⟩⟨U+202F⟩1',
    ],
    ['a blank Braille pattern', 'a\u2800b', 'a⟨U+2800⟩b'],
    [
      'line and paragraph separators',
      'a\u2028b\u2029c\u0085d\u000b\u000c',
      'a⟨U+2028⟩b⟨U+2029⟩c⟨U+0085⟩d⟨U+000B⟩⟨U+000C⟩',
    ],
    ['a terminal escape', '\u001b[31mred\u009b0m', '⟨U+001B⟩[31mred⟨U+009B⟩0m'],
    ['backspaces and NUL', 'a\b\u0000\u007f', 'a⟨U+0008⟩⟨U+0000⟩⟨U+007F⟩'],
    ['a carriage return that overwrites', 'safe\revil', 'safe⟨U+000D⟩evil'],
    ['private use and unassigned characters', '\ue000\u{10ffff}\u0378', '⟨U+E000⟩⟨U+10FFFF⟩⟨U+0378⟩'],
    ['lone surrogates', 'a\ud83db\ude00', 'a⟨U+D83D⟩b⟨U+DE00⟩'],
    ['interlinear annotations', '\ufff9a\ufffab\ufffb', '⟨U+FFF9⟩a⟨U+FFFA⟩b⟨U+FFFB⟩'],
    ['an object replacement', 'a\ufffc', 'a⟨U+FFFC⟩'],
    ['deprecated and musical format characters', 'a\u206a\u{1d173}\u180e', 'a⟨U+206A⟩⟨U+1D173⟩⟨U+180E⟩'],
    ['a repeated one, by its count', `a${'\u200b'.repeat(10_000)}b`, 'a⟨10000 × U+200B⟩b'],
    ['a joiner that joins no emoji', 'a\u200db 👩\u200dx', 'a⟨U+200D⟩b 👩⟨U+200D⟩x'],
    ['selectors hidden behind an emoji', '😀\ufe0f\ufe01\u{e0101}', '😀\ufe0f⟨U+FE01⟩⟨U+E0101⟩'],
    ['an emoji that spells hidden tags', '🏴\u{e0067}\u{e007f}', '🏴⟨U+E0067⟩⟨U+E007F⟩'],
  ])('%s', (_, text, shown) => {
    expect(plainText(text)).toBe(shown)
    expect(showText(text).hasInvisible).toBe(true)
  })

  it('leaves the rest of the text in parts of its own', () => {
    expect(showText('to \u202eeve').parts).toEqual([
      { kind: 'text', text: 'to ' },
      { kind: 'control', text: '⟨U+202E⟩' },
      { kind: 'text', text: 'eve' },
    ])
  })
})

describe('what was recorded as a tool gave it back', () => {
  it('shows the marks that NUL and half surrogates were kept as, and no others, as signs', () => {
    const text = 'a⟨U+0000⟩b⟨U+D83D⟩c⟨U+202E⟩'
    expect(showText(text, { isRecorded: true }).parts).toEqual([
      { kind: 'text', text: 'a' },
      { kind: 'control', text: '⟨U+0000⟩' },
      { kind: 'text', text: 'b' },
      { kind: 'control', text: '⟨U+D83D⟩' },
      { kind: 'text', text: 'c' },
      { kind: 'control', text: '⟨U+27E8⟩' },
      { kind: 'text', text: 'U+202E' },
      { kind: 'control', text: '⟨U+27E9⟩' },
    ])
    expect(showText(text, { isRecorded: true }).hasInvisible).toBe(true)
    expect(plainText('⟨U+0000⟩')).toBe('⟨U+27E8⟩U+0000⟨U+27E9⟩')
  })
})

describe('what is visible stays as it is', () => {
  it.each([
    ['nothing', ''],
    ['lines and tabs', 'a\tb\nc\n\nd'],
    ['HTML', '<script>alert(1)</script><b onmouseover=x>&amp;</b>'],
    ['Markdown', '**bold** [Approve](https://evil.example) ![](x) `code`'],
    ['a mention', '<!channel> <@U123> @here'],
    ['Arabic', 'مَرْحَبًا بالعالم'],
    ['Hebrew with points', 'שָׁלוֹם עוֹלָם'],
    ['Hindi', 'नमस्ते दुनिया'],
    ['Burmese with six signs on a letter', 'မြွှော်'],
    ['Tibetan stacks', 'བསྒྲུབས'],
    ['Thai', 'ที่นี่'],
    ['Vietnamese, decomposed', 'Tiếng Việt'.normalize('NFD')],
    ['Chinese, Japanese, Korean', '漢字 ひらがな カタカナー 한국어'],
    ['emoji', '😀 👍🏽 ❤️ ©️ 🇩🇪 1️⃣ #️⃣'],
    ['emoji of several people', '👩‍👩‍👧‍👦 👩🏽‍🚒 🏳️‍🌈 🕵🏻‍♂️ 🧑🏻‍❤️‍💋‍🧑🏿'],
    ['mathematics', '∀x ∈ ℝ: ⌈x⌉ ≥ x²'],
  ])('%s', (_, text) => {
    const shown = showText(text)
    expect(shown.parts).toEqual(text === '' ? [] : [{ kind: 'text', text }])
    expect(shown).toMatchObject({ hasInvisible: false, isCut: false, length: [...text].length })
  })
})

describe('nothing passes for our own words', () => {
  it.each([
    ['a badge', 'x⟨U+202E⟩y', 'x⟨U+27E8⟩U+202E⟨U+27E9⟩y'],
    ['a count', '⟨20 blanks⟩', '⟨U+27E8⟩20 blanks⟨U+27E9⟩'],
    ['a cut', 'a⟨9 of 10 characters not shown⟩', 'a⟨U+27E8⟩9 of 10 characters not shown⟨U+27E9⟩'],
  ])('%s', (_, text, shown) => {
    expect(plainText(text)).toBe(shown)
    expect(showText(text).hasInvisible).toBe(false)
  })

  it.each([
    ['a mark that would cross out what stands before', '\u0338129', '⟨U+0338⟩129'],
    ['the same after a badge of ours', 'a\u200b\u0338b', 'a⟨U+200B⟩⟨U+0338⟩b'],
    ['the same after a count of ours', `a${' '.repeat(9)}\u20ddb`, 'a⟨9 blanks⟩⟨U+20DD⟩b'],
    ['an enclosing keycap alone', '\u20e3', '⟨U+20E3⟩'],
  ])('%s', (_, text, shown) => {
    expect(plainText(text)).toBe(shown)
  })

  it.each([
    ['line breaks', 'ok\nstatus: approved', 'ok⟨U+000A⟩status: approved'],
    ['Windows line breaks', 'ok\r\nby: the owner', 'ok⟨U+000D⟩⟨U+000A⟩by: the owner'],
    ['tabs', 'a\tb', 'a⟨U+0009⟩b'],
    ['many line breaks', `ok${'\n'.repeat(500)}approved`, 'ok⟨500 × U+000A⟩approved'],
  ])('%s, where one line is asked for', (_, text, shown) => {
    expect(plainText(text, { singleLine: true })).toBe(shown)
    expect(showText(text, { singleLine: true }).hasInvisible).toBe(false)
  })
})

describe('padding is counted', () => {
  const blanks = (n: number) => ' '.repeat(n)
  it.each([
    ['8 blanks stay', `a${blanks(8)}b`, `a${blanks(8)}b`],
    ['9 blanks', `a${blanks(9)}b`, 'a⟨9 blanks⟩b'],
    [
      '10,000 blanks before the point',
      `amount 1${blanks(10_000)}and delete all`,
      'amount 1⟨10000 blanks⟩and delete all',
    ],
    ['blanks at the end', `a${blanks(20)}`, 'a⟨20 blanks⟩'],
    ['line breaks', `a${'\n'.repeat(40)}b`, 'a⟨40 line breaks⟩b'],
    ['both', `a${'\n   '.repeat(5)}b`, 'a⟨20 blanks, 5 line breaks⟩b'],
    ['tabs', `a${'\t'.repeat(9)}b`, 'a⟨9 blanks⟩b'],
    ['an indented line', `if x:\n${blanks(12)}y`, 'if x:\n⟨12 blanks⟩y'],
    ['a paragraph and an indent', `a\n\n${blanks(9)}b`, 'a\n\n⟨9 blanks⟩b'],
    ['a short indent', 'a\n\n      b', 'a\n\n      b'],
    ['the source line break of Windows', 'a\r\nb', 'a⟨U+000D⟩\nb'],
  ])('%s', (_, text, shown) => {
    expect(plainText(text)).toBe(shown)
    expect(showText(text).hasInvisible).toBe(false)
  })

  it.each([
    ['four stay', `a${'\u0301'.repeat(4)}b`, `a${'\u0301'.repeat(4)}b`],
    ['a stack of forty', `a${'\u0338'.repeat(40)}b`, `a${'\u0338'.repeat(4)}⟨36 more marks⟩b`],
    ['a stack on nothing', '\u0338'.repeat(7), `${'⟨U+0338⟩'.repeat(4)}⟨3 more marks⟩`],
    [
      'a stack broken by a joiner',
      `a${'\u0301\u0301\u0301\u034f'.repeat(2)}`,
      'a\u0301\u0301\u0301⟨U+034F⟩⟨U+0301⟩⟨U+0301⟩⟨U+0301⟩⟨U+034F⟩',
    ],
  ])('marks on a letter: %s', (_, text, shown) => {
    expect(plainText(text)).toBe(shown)
  })
})

describe('a long text', () => {
  it('is shown by head and tail with its length', () => {
    const shown = showText(`HEAD${'x'.repeat(9992)}TAIL`, { maxCharacters: 30 })
    expect(shown.parts).toEqual([
      { kind: 'text', text: `HEAD${'x'.repeat(16)}` },
      { kind: 'cut', text: '⟨9970 of 10000 characters not shown⟩' },
      { kind: 'text', text: `${'x'.repeat(6)}TAIL` },
    ])
    expect(shown).toMatchObject({ isCut: true, length: 10_000 })
  })

  it.each([
    ['what fits stays whole', 'x'.repeat(30), 30, 'x'.repeat(30)],
    [
      'characters beyond U+FFFF are not split',
      '😀'.repeat(12),
      6,
      '😀😀😀😀⟨6 of 12 characters not shown⟩😀😀',
    ],
    [
      'badges stay whole',
      `${'a'.repeat(14)}\u202e${'b'.repeat(14)}`,
      24,
      `${'a'.repeat(14)}⟨7 of 29 characters not shown⟩${'b'.repeat(8)}`,
    ],
    [
      'badges count as they are shown',
      '\u202e\u202d'.repeat(50),
      30,
      '⟨U+202E⟩⟨U+202D⟩⟨97 of 100 characters not shown⟩⟨U+202D⟩',
    ],
    ['padding does not push the end out', `a${' '.repeat(5000)}delete all`, 40, 'a⟨5000 blanks⟩delete all'],
    ['no room at all', 'abc', 0, '⟨3 of 3 characters not shown⟩'],
    [
      'a mark at the cut goes with its letter',
      `${'a'.repeat(20)}e\u0301xy`,
      9,
      'aaaaaa⟨16 of 24 characters not shown⟩xy',
    ],
    [
      'an emoji at the cut loses its joiner',
      `👩\u200d👩\u200d👧${'x'.repeat(20)}z`,
      3,
      '👩⟨24 of 26 characters not shown⟩z',
    ],
  ])('%s', (_, text, maxCharacters, shown) => {
    expect(plainText(text, { maxCharacters })).toBe(shown)
  })

  it('is 2,000 characters where nothing is said, and flags look at what is cut too', () => {
    const hidden = `${'x'.repeat(5000)} p\u0430ypal \u202e ${'x'.repeat(5000)}`
    expect(showText(hidden)).toMatchObject({ isCut: true, hasInvisible: true, hasMixedScripts: true })
    expect(plainText('x'.repeat(2000))).toHaveLength(2000)
    expect(showText(hidden, { maxCharacters: Infinity }).isCut).toBe(false)
  })

  it.each([
    ['letters', 'x'],
    ['controls that differ', '\u0001\u0002'],
    ['brackets', '⟨⟩'],
    ['blanks and line breaks', ' \n'],
    ['stacked marks', `a${'\u0338'.repeat(9)}`],
    ['joined emoji', '👩\u200d'],
    ['letters of two scripts', 'aб '],
  ])('of 256 kB is read to its end: %s', (_, unit) => {
    const text = unit.repeat(Math.ceil((256 * 1024) / unit.length))
    const { length, isCut, parts } = showText(text, { maxCharacters: 300 })
    expect(length).toBe([...text].length)
    expect([...parts.map((part) => part.text).join('')].length).toBeLessThan(350)
    expect(isCut || parts.length === 1).toBe(true)
  })
})
