import { Marked, type Tokens } from 'marked'
import { highlight } from './highlight'
import { typographic } from './typographic'

export type Heading = { id: string; text: string; depth: number }

export type Rendered = {
  /** The text of the first heading, which `html` leaves to the page. */
  title: string
  /** The first paragraph, as text. */
  description: string
  html: string
  /** Headings of the second and third level, in order. */
  headings: Heading[]
}

/**
 * HTML of one of our own Markdown files (CommonMark with GitHub's tables). HTML within it is shown as text, and no
 * element carries a style, which our content security policy would refuse. Prose has the quotes of print, code its own.
 *
 * @param address where a link leads; undefined leaves its words without one
 */
export function renderMarkdown(text: string, address: (href: string) => string | undefined): Rendered {
  const headings: Heading[] = []
  const times = new Map<string, number>()
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth }) {
        if (depth === 1) return ''
        const words = plain(tokens)
        const id = freeId(words, times)
        headings.push({ id, text: words, depth })
        const link = `<a class="anchor" href="#${id}" aria-label="Link to “${escape(words)}”">#</a>`
        return `<h${depth} id="${id}">${this.parser.parseInline(tokens)}${link}</h${depth}>\n`
      },
      code: ({ text: code, lang = '' }) => sample(code, lang),
      link({ href, tokens }) {
        const words = this.parser.parseInline(tokens)
        const to = address(href)
        return to === undefined ? words : `<a href="${escape(to)}">${words}</a>`
      },
      image({ href, text: words }) {
        const from = address(href)
        return from === undefined ? escape(words) : `<img src="${escape(from)}" alt="${escape(words)}">`
      },
      table({ header, rows }) {
        const cell = (name: string, { tokens }: Tokens.TableCell) =>
          `<${name}>${this.parser.parseInline(tokens)}</${name}>`
        const row = (name: string, cells: Tokens.TableCell[]) =>
          `<tr>${cells.map((one) => cell(name, one)).join('')}</tr>`
        const label = escape(
          `Table: ${headings.at(-1)?.text ?? header.map(({ text: word }) => word).join(', ')}`,
        )
        const body = rows.map((cells) => row('td', cells)).join('')
        return `<div class="doc-table" tabindex="0" role="group" aria-label="${label}"><table><thead>${row('th', header)}</thead><tbody>${body}</tbody></table></div>\n`
      },
      html: ({ text: html }) => escape(html),
    },
  })
  const tokens = marked.lexer(text)
  void marked.walkTokens(tokens, (token) => {
    if (token.type === 'text') token.text = typographic(token.text)
  })
  const first = tokens.find((token): token is Tokens.Heading => token.type === 'heading')
  const paragraph = tokens.find((token): token is Tokens.Paragraph => token.type === 'paragraph')
  return {
    title: first ? plain(first.tokens) : '',
    description: paragraph ? plain(paragraph.tokens) : '',
    html: marked.parser(tokens),
    headings: headings.filter(({ depth }) => depth <= 3),
  }
}

/** A block of code to be copied; it scrolls by keyboard too. */
function sample(code: string, language: string): string {
  const copy = '<button type="button" data-copy aria-live="polite">Copy</button>'
  return `<div class="sample"><pre tabindex="0"><code>${highlight(code, language)}</code></pre>${copy}</div>\n`
}

type Worded = { text?: string; tokens?: Worded[]; type: string }

/** The words of inline tokens, without their marks. */
function plain(tokens: Worded[]): string {
  return tokens.map((token) => (token.tokens ? plain(token.tokens) : (token.text ?? ''))).join('')
}

/** GitHub's ids of headings, so that one link holds there and here. */
function freeId(text: string, times: Map<string, number>): string {
  const id = text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-')
  const seen = times.get(id) ?? 0
  times.set(id, seen + 1)
  return seen === 0 ? id : `${id}-${seen}`
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
