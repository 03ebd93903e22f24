import type { Chance } from './chance'

const nested = (open: string, close: string, depth: number) => open.repeat(depth) + close.repeat(depth)

/** Texts that code which expects plain words trips over. */
export const hostileTexts = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\ud800',
  'x\udfff',
  '\u202egpj.exe',
  '\u200b\u200b',
  '\ufeff',
  '\u2028',
  '\r\nX-Injected: 1',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'null',
  'undefined',
  'true',
  'NaN',
  '-1',
  '0',
  '1e400',
  '9007199254740993',
  '99999999999999999999999999',
  '0x10',
  '1; drop table approvals',
  "' or 1=1 --",
  '%',
  '%_\\',
  '\\',
  '$1',
  '{}',
  '[]',
  '{{x}}',
  '../../etc/passwd',
  '..',
  '.',
  '//evil.example',
  '/\\evil.example',
  'javascript:alert(1)',
  'a/b',
  'a?b#c',
  'a&b=c',
  '+',
  'ä',
  '日本語',
  '👩‍👩‍👧‍👦',
  'ﷺ'.repeat(50),
  '2026-01-31T12:00:00Z',
  '2026-01-31T12:00:00+02:00',
  '0000-00-00T00:00:00Z',
  '9999-12-31T23:59:59Z',
  '+275760-09-13T00:00:00Z',
  '-271821-04-20T00:00:00Z',
  'a'.repeat(300),
  'x'.repeat(5000),
] as const

/** JSON values, as text: some are none, most are unexpected. */
export const hostileJson = [
  'null',
  'true',
  '0',
  '-0',
  '-1',
  '1.5',
  '1e400',
  '-1e400',
  '1e-400',
  '9007199254740993',
  '123456789012345678901234567890',
  '2147483648',
  '9223372036854775808',
  '1000.0000000000000001',
  '""',
  '"\\u0000"',
  '"a\\u0000b"',
  '"\\ud800"',
  '"\\udc00\\ud800"',
  '"\\u202e"',
  '[]',
  '{}',
  '[null]',
  '[[]]',
  '{"":1}',
  '{"__proto__":{"admin":true}}',
  '{"toJSON":1,"n":9007199254740993}',
  '{"constructor":{"prototype":{}}}',
  '{"a":1,"a":2}',
  '{"a\\u0000":1}',
  '{"toString":1,"valueOf":2}',
  nested('[', ']', 40),
  nested('[', ']', 200),
  nested('{"a":', '}', 20).replace(':}', ':1}'),
  `{"a":${'['.repeat(5000)}`,
  JSON.stringify('x'.repeat(70_000)),
  JSON.stringify('ä'.repeat(200_000)),
  `[${'0,'.repeat(20_000)}0]`,
  `{${Array.from({ length: 1200 }, (_, i) => `"k${i}":1`).join()}}`,
] as const

/** Bodies that are no JSON of ours at all. */
const brokenBodies = [
  '',
  '{',
  '}',
  'null',
  'undefined',
  '[]',
  '"text"',
  '\ufeff{}',
  "{'a':1}",
  '{"a":01}',
  '{"a":1,}',
  '{"a":NaN}',
  '{"a":1}{"b":2}',
  '\0',
  'a=1&b=2',
  '<a/>',
  '['.repeat(100_000),
  '{"a":'.repeat(50_000),
  '1'.repeat(100_000),
] as const

const brokenBytes = [
  Buffer.from([0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00]),
  Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xc3, 0x28, 0x22, 0x7d]),
  Buffer.from([0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00]),
  Buffer.from([0xed, 0xa0, 0x80]),
  Buffer.alloc(300_000, 0x20),
  Buffer.alloc(2_000_000, 0x61),
] as const

/** Agent files. */
export const hostileYaml = [
  'approval:\n  tools:\n    - gated\n',
  'approval: *a',
  'a: &a [*a]',
  'approval:\n  tools: [{x: "param.a >"}]',
  `approval:\n  tools:\n${'    - t: param.x > 1\n'.repeat(1500)}`,
  'approval:\n  tools: !!js/function "x"',
  '%YAML 9.9\n---\na',
  '--- a\n--- b',
  '? [a]\n: b',
  '\0',
  'name: __proto__\napproval: {tools: []}',
  `approval:\n  tools:\n    - x: "${'('.repeat(3000)}"`,
  '[[[[[[[[[[',
  'approval:\n  timeout: 1e400\n  tools: [a]',
] as const

/** A body that no schema describes, as bytes. */
export function brokenBody(chance: Chance): Buffer {
  return chance.oneIn(3) ? chance.pick(brokenBytes) : Buffer.from(chance.pick(brokenBodies))
}

/** Text as one part of an address: encoded, encoded wrongly, or not at all. */
export function addressPart(chance: Chance, text: string): string {
  switch (chance.below(8)) {
    case 0:
      return text.replace(/[\r\n\0 ]/g, '')
    case 1:
      return chance.pick([
        '%',
        '%0',
        '%zz',
        '%c3%28',
        '%ff',
        '%00',
        '%u0041',
        '%2e%2e',
        '%2F',
        '%5C',
        '%ed%a0%80',
      ])
    case 2:
      return encoded(text) + chance.pick(['%00', '%', '%20', '%2f..', ';a=b', '.json', '%0d%0a'])
    case 3:
      return [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
    default:
      return encoded(text)
  }
}

/** Percent-encoded, lone surrogates as the bytes that a careless client sends. */
export function encoded(text: string): string {
  return /[\ud800-\udfff]/.test(text) ? '%ed%a0%80' : encodeURIComponent(text)
}
