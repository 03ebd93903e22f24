import { readTokens, type Token } from './lexer'
import { ConditionError } from './problem'

/** Brackets and `not`s that may stand open within each other. */
const maxConditionNesting = 64

/** A place among the tokens of a condition; the base of the parser. */
export class Cursor {
  private readonly tokens: Token[]
  private at = 0
  private depth = 0

  constructor(protected readonly text: string) {
    this.tokens = readTokens(text)
  }

  protected get token(): Token {
    return this.tokens[this.at] as Token
  }

  protected get next(): Token {
    return this.tokens[Math.min(this.at + 1, this.tokens.length - 1)] as Token
  }

  /** What was taken last. */
  protected get last(): Token | undefined {
    return this.tokens[this.at - 1]
  }

  protected isEnd(): boolean {
    return this.token.kind === 'end'
  }

  protected isSign(text: string): boolean {
    return this.token.kind === 'sign' && this.token.text === text
  }

  protected isWord(text: string): boolean {
    return this.token.kind === 'name' && this.token.text === text
  }

  /** Takes the token; the end is never passed, what cannot be read is thrown. */
  protected take(): Token {
    const token = this.token
    if (token.kind === 'bad') throw token.problem
    if (token.kind !== 'end') this.at++
    return token
  }

  /** Refuses the token that stands here; one that could not even be read says so itself. */
  protected failHere(message: string): never {
    if (this.token.kind === 'bad') throw this.token.problem
    throw new ConditionError(message, this.token.start)
  }

  protected failAt(offset: number, message: string): never {
    throw new ConditionError(message, offset)
  }

  /** Takes the token that opens one level; `leave` closes it. */
  protected enter(): Token {
    if (++this.depth > maxConditionNesting) {
      this.failHere(`a condition nests at most ${maxConditionNesting} levels: split it into several entries`)
    }
    return this.take()
  }

  protected leave(): void {
    this.depth--
  }
}
