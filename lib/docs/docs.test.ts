import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { posix } from 'node:path'
import { describe, expect, test } from 'vitest'
import { statusOfCode } from '@/lib/errors'
import { api } from '@/lib/http/api'
import { readJson } from '@/lib/json/read'
import { parsePolicy } from '@/lib/policy/parse'
import { curlCalls, linksOf, readFile, samplesOf } from '@/lib/testing/docs-samples'
import { addressOf, markdownPath } from './address'
import { allPages, neighbours, pageAt } from './contents'
import { isErrorCode, readErrorPages } from './errors'
import { renderMarkdown } from './markdown'
import { readDocument } from './read'
import { llmsFullText, llmsText, pageText } from './text'

const files = allPages.map((page) => page.file)
const samples = files.flatMap(samplesOf)

describe('every page', () => {
  test('has a file with a title and a first paragraph, and an address of its own', () => {
    for (const { file } of allPages) {
      const { title, description } = readDocument(file)
      expect([file, title === '', description === '']).toEqual([file, false, false])
    }
    expect(new Set(allPages.map((page) => page.path)).size).toBe(allPages.length)
  })

  test('of docs/guides is in the contents', () => {
    const guides = readdirSync('docs/guides').map((name) => `docs/guides/${name}`)
    expect(guides.filter((guide) => !files.includes(guide))).toEqual([])
  })

  test('has no markup but Markdown', () => {
    for (const file of files) {
      const { html } = readDocument(file)
      expect([file, /\sstyle=|<script|&lt;(?:br|a|img|div|p)\b/.exec(html)?.[0]]).toEqual([file, undefined])
    }
  })
})

describe('links', () => {
  /** Addresses of this server that links may name and that show no file. */
  const known = ['/api/openapi.json', '/llms.txt', '/llms-full.txt']

  test.each(files)('of %s lead somewhere', (file) => {
    const astray = linksOf(file).filter((href) => {
      const address = addressOf(href, file)
      // What is not shown here is in the repository.
      if (address === undefined)
        return !existsSync(posix.join(posix.dirname(file), href.split('#', 1)[0] ?? ''))
      if (/^https:/.test(address)) return false
      const [path = '', fragment] = address.split('#', 2)
      const code = /^\/docs\/errors\/(.+)$/.exec(path)?.[1]
      if (code !== undefined) return !isErrorCode(code)
      const target = path === '' ? file : pageAt(path)?.file
      if (target === undefined) return !known.includes(path) && !existsSync(`public${path}`)
      const { headings } = renderMarkdown(readFile(target), String)
      return fragment !== undefined && !headings.some(({ id }) => id === fragment)
    })
    expect(astray).toEqual([])
  })

  test('between files become addresses, wherever the file stands', () => {
    expect([
      addressOf('guides/policy.md', 'docs/README.md'),
      addressOf('../errors.md#expired', 'docs/guides/policy.md'),
      addressOf('../errors.md', 'docs/guides/policy.md'),
      addressOf('webhooks.md#answer', 'docs/guides/policy.md'),
      addressOf('../public/approvals.png', 'docs/README.md'),
      addressOf('#here', 'docs/README.md'),
      addressOf('../CONTRIBUTING.md', 'docs/architecture.md'),
    ]).toEqual([
      '/docs/policy',
      '/docs/errors/expired',
      '/docs/errors',
      '/docs/webhooks#answer',
      '/approvals.png',
      '#here',
      undefined,
    ])
    expect(markdownPath('/docs')).toBe('/docs/index.md')
    expect(neighbours('/docs/quickstart').previous?.path).toBe('/docs')
    expect(neighbours('/docs/nowhere')).toEqual({ previous: undefined, next: undefined })
  })
})

describe('samples', () => {
  test('there are many', () => expect(samples.length).toBeGreaterThan(20))

  test.each(samples.filter(({ language }) => language === 'yaml'))('policy of $file', ({ text }) => {
    expect(parsePolicy(text)).toMatchObject({ ok: true, warnings: [] })
  })

  test.each(samples.filter(({ language }) => language === 'json'))('JSON of $file', ({ text }) => {
    expect(() => JSON.parse(text)).not.toThrow()
  })

  test.each(samples.filter(({ language }) => language === 'sh'))('shell of $file', ({ text }) => {
    const { stderr } = spawnSync('bash', ['-n'], {
      input: text.replaceAll('<this repository>', 'x'),
      encoding: 'utf8',
    })
    expect(stderr).toBe('')
  })

  const calls = samples.flatMap(({ file, text }) => curlCalls(text).map((call) => ({ file, ...call })))

  test('the calls are found', () => expect(calls.length).toBeGreaterThan(10))

  test.each(calls)('$method $path of $file is one of the API’s', ({ method, path, headers, body }) => {
    const found = Object.entries(api).find(([call]) => matches(call, `${method} ${path}`))
    expect(found?.[0]).toBeDefined()
    const input = found?.[1].def.input
    expect(headers.some((header) => header.startsWith('Authorization: Bearer '))).toBe(true)
    if (body === undefined) return
    expect(headers).toContain('Content-Type: application/json')
    if (input === undefined || 'media' in input) throw new Error('this call takes no JSON')
    expect(input.safeParse(readJson(body))).toMatchObject({ success: true })
  })

  /** Whether an address is that of a call of the table, whose parts in braces and whose variables are any. */
  function matches(call: string, target: string): boolean {
    const pattern = call.replaceAll(/\{\w+\}/g, '[^/]+')
    return new RegExp(`^${pattern}$`).test(target)
  }
})

describe('errors', () => {
  test('each code has its section, and there are no others', () => {
    const sections = [...readFile('docs/errors.md').matchAll(/^## (.+)$/gm)].map(([, name]) => name)
    expect(sections.toSorted()).toEqual(Object.keys(statusOfCode).toSorted())
  })

  test.each(readErrorPages())('$code says what it means, why it comes and how to mend it', (page) => {
    expect(page.status).toBe(statusOfCode[page.code])
    expect(page.meaning.length).toBeGreaterThan(20)
    expect(page.markdown).toMatch(/\n\n\*\*Cause\.\*\* \S.*\n\n\*\*Mend\.\*\* \S/)
  })
})

describe('promises', () => {
  const text = readFile('docs/security.md')
  const promises = text.split(/^## (?=\d+\. )/m).slice(1)
  const proofs = [...text.matchAll(/^- `([^`]+\.(?:test|e2e)\.ts)`: (.+)$/gm)].map(
    ([, file = '', name = '']) => ({
      file,
      name,
    }),
  )

  test('are numbered, and each has its proof', () => {
    expect(promises.map((promise) => Number.parseInt(promise, 10))).toEqual(promises.map((_, i) => i + 1))
    expect(promises.length).toBeGreaterThanOrEqual(17)
    expect(promises.filter((promise) => !/^- `[^`]+`: /m.test(promise))).toEqual([])
  })

  test('README has the same number of them', () => {
    const [, list = ''] = readFile('README.md').split('## Promises')
    expect([...list.matchAll(/^\d+\. /gm)].length).toBe(promises.length)
  })

  test.each(proofs)('$file has the test “$name”', ({ file, name }) => {
    const titles = titlesOf(file)
    expect(name.split(' › ').filter((title) => !titles.some((known) => known === title))).toEqual([])
  })

  /** What a file's tests and groups are called; a template's title up to its first value. */
  function titlesOf(file: string): string[] {
    const calls = /\b(?:test|it|describe)(?:\.\w+)?(?:\([^'"`]*?\))?\(\s*(['"`])(.*?)(?<!\\)\1/gs
    return [...readFile(file).matchAll(calls)].map(([, , title = '']) => title.split('${', 1)[0] ?? '')
  }
})

describe('for programs', () => {
  const appUrl = 'https://holdpoint.example.com'

  test('the index lists every page, each at its Markdown', () => {
    const text = llmsText(appUrl)
    expect(text).toMatch(/^# Holdpoint\n\n> \S/)
    const listed = [...text.matchAll(/^- \[.+?\]\((.+?)\): \S/gm)].map(([, url]) => url)
    expect(listed).toEqual(allPages.map(({ path }) => appUrl + markdownPath(path)))
  })

  test('a page links to other pages’ Markdown, by whole addresses', () => {
    const text = pageText('/docs/policy', appUrl) ?? ''
    expect(text).toContain(`](${appUrl}/docs/operations.md#who-may-change-the-gate)`)
    expect(text).toContain('when: param.currency')
    expect(pageText('/docs/errors/already_claimed', appUrl)).toContain(`](${appUrl}/docs/failures.md)`)
    expect(pageText('/docs/architecture', appUrl)).toMatch(/^# The house/)
    for (const nowhere of ['/docs/nonsense', '/docs/errors/nonsense', '/docs/errors/__proto__', ''])
      expect(pageText(nowhere, appUrl)).toBeUndefined()
  })

  test('all pages are in one text', () => {
    const text = llmsFullText(appUrl)
    for (const { file } of allPages) expect(text).toContain(`# ${readDocument(file).title.slice(0, 8)}`)
    expect(text).not.toMatch(/\]\((?!https:|#)/)
  })
})

describe('Markdown', () => {
  const render = (text: string) =>
    renderMarkdown(text, (href) => (href.startsWith('/') ? href : undefined)).html

  test('HTML in it is text, and quotes cannot leave an attribute', () => {
    expect(render('a <b onclick="x">b</b>')).not.toContain('<b ')
    expect(render('<script>alert(1)</script>')).not.toContain('<script')
    expect(render('[x](/a"onclick="b)')).toContain('href="/a&quot;onclick=&quot;b"')
    expect(render('```ts\nconst a = "<b>"\n```')).not.toContain('<b>')
    expect(render('```nothing\n<b>\n```')).toContain('&lt;b&gt;')
  })

  test('a link that leads nowhere leaves its words', () => {
    expect(render('see [the *file*](x.md)')).toBe('<p>see the <em>file</em></p>\n')
  })

  test('prose has the apostrophes and quotes of print, code its own', () => {
    expect(render(`The agent's "own", *it's* \`run\`'s, (the 'last') \`don't\``)).toBe(
      `<p>The agent’s “own”, <em>it’s</em> <code>run</code>’s, (the ‘last’) <code>don&#39;t</code></p>\n`,
    )
    expect(render(`\`\`\`\nthat's "code"\n\`\`\``)).toContain(`that's "code"`)
    expect(renderMarkdown(`# Claude's\n\nIt's "so"`, String)).toMatchObject({
      title: 'Claude’s',
      description: 'It’s “so”',
    })
  })

  test('headings get GitHub’s ids, each once', () => {
    const { headings, title } = renderMarkdown(
      '# T `x`\n\n## A `b`: c!\n\n## Same\n\n### Same\n\n#### deep',
      String,
    )
    expect(title).toBe('T x')
    expect(headings.map(({ id, text, depth }) => [id, text, depth])).toEqual([
      ['a-b-c', 'A b: c!', 2],
      ['same', 'Same', 2],
      ['same-1', 'Same', 3],
    ])
  })
})
