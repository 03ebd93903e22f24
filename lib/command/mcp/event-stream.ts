/** One event of a stream: its bytes as they came, and what is in it. */
export type StreamEvent = {
  raw: string
  data: string | undefined
  id: string | undefined
  retryMs: number | undefined
}

const mostCharacters = 64 * 1024 * 1024

/** The events of a stream of `text/event-stream`, each as soon as it is whole. */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamEvent> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
    rest += decoder.decode(chunk, { stream: true })
    for (;;) {
      const end = /\r\n\r\n|\n\n|\r\r/.exec(rest)
      if (!end) break
      const length = end.index + end[0].length
      yield eventOf(rest.slice(0, length))
      rest = rest.slice(length)
    }
    if (rest.length > mostCharacters) throw new Error('an event without end')
  }
}

function eventOf(raw: string): StreamEvent {
  const fields: Record<string, string[]> = {}
  for (const line of raw.split(/\r\n|\n|\r/)) {
    const [, name = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? []
    if (name !== '') (fields[name] ??= []).push(value)
  }
  const retry = Number(fields.retry?.at(-1))
  return {
    raw,
    data: fields.data?.join('\n'),
    id: fields.id?.at(-1),
    retryMs: Number.isFinite(retry) ? retry : undefined,
  }
}

/** A message as an event. */
export function eventText(message: string): string {
  return `event: message\ndata: ${message.replace(/[\r\n]+/g, ' ')}\n\n`
}
