import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'

/** A line that is longer than any message of use. */
const mostCharacters = 64 * 1024 * 1024

/** Hands on each line of a stream, as stdio of the Model Context Protocol frames its messages. */
export function readLines(stream: Readable, onLine: (line: string) => void, onEnd: () => void): void {
  const decoder = new StringDecoder('utf8')
  let parts: string[] = []
  let length = 0
  let isOver = false
  const end = () => {
    if (isOver) return
    isOver = true
    onEnd()
  }
  stream.on('data', (chunk: Buffer) => {
    const [first = '', ...others] = decoder.write(chunk).split('\n')
    parts.push(first)
    length += first.length
    for (const next of others) {
      const line = parts.join('')
      parts = [next]
      length = next.length
      if (line.trim() !== '') onLine(line)
    }
    if (length > mostCharacters) {
      stream.destroy()
      end()
    }
  })
  stream.on('end', end)
  stream.on('close', end)
  stream.on('error', end)
}
