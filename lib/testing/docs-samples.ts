import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Lexer, Marked, type Token, type Tokens } from 'marked'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The text of a file of the tree. */
export function readFile(file: string): string {
  return readFileSync(root + file, 'utf8')
}

export type Sample = { file: string; language: string; text: string }

/** The blocks of code of a Markdown file, in order. */
export function samplesOf(file: string): Sample[] {
  return tokensOf(file)
    .filter((token): token is Tokens.Code => token.type === 'code')
    .map(({ lang = '', text }) => ({ file, language: lang, text }))
}

/** The targets of the links and pictures of a Markdown file, as written. */
export function linksOf(file: string): string[] {
  return tokensOf(file)
    .filter((token): token is Tokens.Link | Tokens.Image => token.type === 'link' || token.type === 'image')
    .map(({ href }) => href)
}

/** Every token of a file, at any depth. */
function tokensOf(file: string): Token[] {
  const found: Token[] = []
  void new Marked().walkTokens(Lexer.lex(readFile(file)), (token) => void found.push(token))
  return found
}

export type CurlCall = { method: string; path: string; headers: string[]; body: string | undefined }

/** The calls of the API that a shell sample makes by curl; variables in an address stand for any one part of it. */
export function curlCalls(text: string): CurlCall[] {
  return text
    .replaceAll(/\\\n\s*/g, ' ')
    .split(/^(?=curl )/m)
    .filter((command) => command.startsWith('curl '))
    .map((command) => {
      const words = wordsOf(command)
      const after = (flag: string) => words.flatMap((word, i) => (word === flag ? [words[i + 1] ?? ''] : []))
      const target = words.find((word) => word.includes('/api/')) ?? ''
      const [body] = after('-d')
      return {
        method: after('-X')[0] ?? (body === undefined ? 'GET' : 'POST'),
        path: target.slice(target.indexOf('/api/') + '/api'.length).split('?', 1)[0] ?? '',
        headers: after('-H'),
        body,
      }
    })
}

/** A command's words as a shell would part them, of what our samples use. */
function wordsOf(command: string): string[] {
  return [...command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? '')
}
