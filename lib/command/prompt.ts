import type { Io } from './command'
import { wrongly } from './exit'

const mostBytes = 64 * 1024

/** All of a stream that is no terminal, as text. @throws Failure for more than 64 kB */
export async function readAll(stream: NodeJS.ReadStream, signal: AbortSignal): Promise<string> {
  const stop = () => stream.destroy()
  signal.addEventListener('abort', stop)
  try {
    let text = ''
    stream.setEncoding('utf8')
    for await (const chunk of stream) {
      text += String(chunk)
      if (text.length > mostBytes) throw wrongly('What came on stdin is too long.')
    }
    signal.throwIfAborted()
    return text
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

const ctrlC = '\u0003'
const ctrlD = '\u0004'

/**
 * One line that a person types at the terminal. What was typed before the question stood there does not count.
 * @throws the reason of the signal, or Failure at the end of the input
 */
export async function ask(
  { stdin, stderr, signal }: Pick<Io, 'stdin' | 'stderr' | 'signal'>,
  question: string,
  { isSecret = false } = {},
): Promise<string> {
  const wasRaw = stdin.isRaw
  stdin.setRawMode(true)
  stdin.setEncoding('utf8')
  // what waits already was typed at something else
  stdin.resume()
  await new Promise((done) => setTimeout(done, 50))
  stderr.write(question)
  try {
    return await new Promise<string>((done, fail) => {
      let line = ''
      const onAbort = () => finish(() => fail(signal.reason as Error))
      const finish = (how: () => void) => {
        stdin.off('data', onData)
        signal.removeEventListener('abort', onAbort)
        how()
      }
      const onData = (text: string) => {
        for (const key of text) {
          if (key === '\r' || key === '\n') return finish(() => done(line))
          if (key === ctrlC) {
            process.kill(process.pid, 'SIGINT')
            return
          }
          if (key === ctrlD && line === '') return finish(() => fail(wrongly('The input ended.')))
          if (key === '\u007f' || key === '\b') {
            if (line !== '' && !isSecret) stderr.write('\b \b')
            line = line.slice(0, -1)
          } else if (key >= ' ') {
            line += key
            if (!isSecret) stderr.write(/[\x20-\x7e\u00a1-\uffff]/.test(key) ? key : '?')
          }
        }
      }
      stdin.on('data', onData)
      signal.addEventListener('abort', onAbort)
      if (signal.aborted) onAbort()
    })
  } finally {
    stderr.write('\n')
    stdin.setRawMode(wasRaw)
    stdin.pause()
  }
}
