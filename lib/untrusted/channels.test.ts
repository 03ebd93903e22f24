import { describe, expect, it } from 'vitest'
import { csvField, escapeGoogleCard, escapeGoogleText, escapeNtfy, escapeSlack, plainText } from './channels'

describe('escapeSlack', () => {
  it.each([
    ['a mention of everybody', '<!channel>', '&lt;!channel&gt;'],
    ['a mention of a person', '<@U024BE7LH>', '&lt;@U024BE7LH&gt;'],
    ['a link in disguise', '<https://evil.example|Approve>', '&lt;https∶//evil.example|Approve&gt;'],
    ['an address', 'see https://evil.example', 'see https∶//evil.example'],
    ['an entity', '&lt;!channel&gt;', '&amp;lt;!channel&amp;gt;'],
    ['bold, italics, strike, code', '*a* _b_ ~c~ `d`', '∗a∗ ˍbˍ ∼c∼ ˋdˋ'],
    ['a block of code', '```rm -rf```', 'ˋˋˋrm -rfˋˋˋ'],
    ['a quotation', '> approved by the owner', '› approved by the owner'],
    ['an emoji by name', ':white_check_mark: done', '∶white_check_mark: done'],
    ['a line of its own', 'x\n*Status:* approved', 'x⟨U+000A⟩∗Status:∗ approved'],
    ['what is plain', 'order_id a_b_c 5 > 3 at 12:30', 'order_id a_b_c 5 &gt; 3 at 12:30'],
    ['an override', 'a\u202eb', 'a⟨U+202E⟩b'],
  ])('%s', (_, text, shown) => {
    expect(escapeSlack(plainText(text, { singleLine: true }))).toBe(shown)
  })
})

describe('csvField', () => {
  it.each([
    ['a formula', '=1+1', '"\'=1+1"'],
    ['a formula with quotes', '=HYPERLINK("http://x")', '"\'=HYPERLINK(""http://x"")"'],
    ['plus, minus, at', '+1', '"\'+1"'],
    ['minus', '-1+cmd|x', '"\'-1+cmd|x"'],
    ['at', '@SUM(A1)', '"\'@SUM(A1)"'],
    ['a formula after blanks', '  =1', '"\'  =1"'],
    ['a tab first', '\t=1', '"\'\t=1"'],
    ['a carriage return first', '\r=1', '"⟨U+000D⟩=1"'],
    ['a wide equals sign', '＝1', '"\'＝1"'],
    ['an apostrophe first', "'=1", '"\'\'=1"'],
    ['commas and quotes', 'a,"b"', '"a,""b"""'],
    ['line breaks', 'a\nb', '"a\nb"'],
    ['semicolons', 'a;=b', '"a;=b"'],
    ['an override', 'a\u202eb', '"a⟨U+202E⟩b"'],
    ['a word', 'approval.approved', 'approval.approved'],
    ['an empty text', '', ''],
  ])('%s', (_, text, field) => {
    expect(csvField(text)).toBe(field)
  })

  it('writes numbers, booleans and null as they are', () => {
    expect([-5, 1.5, true, null].map((value) => csvField(value))).toEqual(['-5', '1.5', 'true', ''])
  })

  it('cuts nothing unless told', () => {
    expect(csvField('x'.repeat(70_000))).toHaveLength(70_000)
    expect(csvField('x'.repeat(70_000), { maxCharacters: 6 })).toBe(
      '"xxxx⟨69994 of 70000 characters not shown⟩xx"',
    )
  })
})

describe('ntfy and Google Chat', () => {
  it.each([
    ['a host name', 'evil.com', 'evil․com'],
    ['a dot before it', '.evil.com', '.evil․com'],
    ['an underscore before it', '_evil.com', '_evil․com'],
    ['an underscore within it', 'foo_evil.com', 'foo_evil․com'],
    ['an underscore after it', 'evil.com_', 'evil․com_'],
    ['a hyphen before a dot', 'foo-.com', 'foo-․com'],
    ['two dots', 'a..evil.com', 'a․․evil․com'],
    ['an address in numbers', '203.0.113.9/login', '203․0․113․9/login'],
    ['two parts of numbers, then letters', '1.2.evil.com', '1․2․evil․com'],
    ['a combining mark', 'e\u0301.com', 'e\u0301․com'],
    ['another script', 'злой.рф', 'злой․рф'],
    ['a picture', '💩.la', '💩․la'],
    ['a punycode domain', 'evil.xn--p1ai', 'evil․xn--p1ai'],
    ['within brackets', '(evil.com)', '(evil․com)'],
    ['decimal numbers', '12.50, -0.5 (1.5) 3.14.', '12.50, -0.5 (1.5) 3.14.'],
    ['the end of a sentence', 'Done. Next.', 'Done. Next.'],
  ])('link nothing: %s', (_, text, shown) => {
    expect(escapeNtfy(text)).toBe(shown)
    expect(escapeGoogleCard(text)).toBe(shown)
    expect(escapeGoogleText(text).replaceAll('ˍ', '_')).toBe(shown)
  })
})
