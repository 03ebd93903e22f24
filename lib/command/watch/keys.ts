/** One key, or a piece of pasted text. */
export type Key = {
  /** `a`, `up`, `escape`, `confirm`, …; `text` for what is none of the named. */
  name: string
  /** What it would put into a text. */
  text: string
  /** Whether it came by itself: what a paste or a script sends in one go decides nothing. */
  isAlone: boolean
}

/** Sequences of terminals, without their escape. Ctrl-Enter is told by few; Ctrl-J and Alt-Enter by all. */
const sequences: Record<string, string> = {
  '[A': 'up',
  '[B': 'down',
  OA: 'up',
  OB: 'down',
  '[5~': 'page-up',
  '[6~': 'page-down',
  '[H': 'home',
  '[F': 'end',
  '[13;5u': 'confirm',
  '[27;5;13~': 'confirm',
  '\r': 'confirm',
}

const controls: Record<string, string> = {
  '\n': 'confirm',
  '\r': 'enter',
  '\u007f': 'backspace',
  '\b': 'backspace',
  '\u0003': 'interrupt',
  '\u0004': 'interrupt',
  '\u000c': 'redraw',
  '\u0015': 'clear',
}

const pasteBegin = '\u001b[200~'
const pasteEnd = '\u001b[201~'
const sequence = /^\u001b(?:\[[0-9;?]*[ -/]*[@-~]|O[@-~]|\r)/
const unfinished = /^\u001b(?:\[[0-9;?]*|O)?$/
/** After so long the escape was the key of that name. */
const escapeMs = 60

/** Turns what a terminal sends into keys, whole ones even where they come in pieces. */
export class Keys {
  private kept = ''
  private isPasting = false
  private timer: NodeJS.Timeout | undefined

  constructor(private readonly onKey: (key: Key) => void) {}

  feed(chunk: string): void {
    clearTimeout(this.timer)
    const text = this.kept + chunk
    this.kept = ''
    const found = this.split(text)
    for (const key of found) this.onKey({ ...key, isAlone: found.length === 1 && !key.isPasted })
    if (this.kept !== '' && !this.isPasting) this.timer = setTimeout(() => this.flush(), escapeMs)
  }

  close(): void {
    clearTimeout(this.timer)
  }

  /** What is left of a sequence that never ended was the key Escape. */
  private flush(): void {
    this.kept = ''
    this.onKey({ name: 'escape', text: '', isAlone: true })
  }

  private split(all: string): { name: string; text: string; isPasted: boolean }[] {
    const keys: { name: string; text: string; isPasted: boolean }[] = []
    for (let text = all; text !== '';) {
      if (this.isPasting) {
        const end = text.indexOf(pasteEnd)
        if (end < 0) {
          // the end itself may come in pieces
          const cut = text.lastIndexOf('\u001b')
          const whole = cut >= 0 && pasteEnd.startsWith(text.slice(cut)) ? cut : text.length
          keys.push({ name: 'text', text: text.slice(0, whole), isPasted: true })
          this.kept = text.slice(whole)
          return keys
        }
        keys.push({ name: 'text', text: text.slice(0, end), isPasted: true })
        this.isPasting = false
        text = text.slice(end + pasteEnd.length)
        continue
      }
      if (text.startsWith(pasteBegin)) {
        this.isPasting = true
        text = text.slice(pasteBegin.length)
        continue
      }
      if (unfinished.test(text)) {
        this.kept = text
        return keys
      }
      const [found] = sequence.exec(text) ?? []
      if (found !== undefined) {
        keys.push({ name: sequences[found.slice(1)] ?? 'unknown', text: '', isPasted: false })
        text = text.slice(found.length)
        continue
      }
      const character = String.fromCodePoint(text.codePointAt(0)!)
      text = text.slice(character.length)
      const named = controls[character]
      if (named !== undefined) keys.push({ name: named, text: '', isPasted: false })
      else if (character === '\u001b') keys.push({ name: 'escape', text: '', isPasted: false })
      else if (character < ' ') keys.push({ name: 'unknown', text: '', isPasted: false })
      else keys.push({ name: character === ' ' ? 'space' : character, text: character, isPasted: false })
    }
    return keys
  }
}
