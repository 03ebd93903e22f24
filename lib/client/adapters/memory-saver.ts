import { StaleCheckpoint } from '../errors.ts'
import { isObject } from '../json.ts'
import type { Run } from '../run.ts'

/** MemorySaver of LangGraph, as far as it is kept. */
type Saver = {
  storage: object
  writes: object
  put: (...args: never[]) => Promise<unknown>
  putWrites: (...args: never[]) => Promise<unknown>
}

/**
 * Keeps a LangGraph MemorySaver in the run's checkpoint, so that another process goes on with the thread: for agents
 * that have no checkpointer of their own. The state may have 1 MiB.
 * @throws StaleCheckpoint from within the graph, where another process has gone on with this run
 */
export async function keptInRun<S extends Saver>(run: Run, saver: S): Promise<S> {
  const kept = await run.checkpoint.load()
  if (kept) Object.assign(saver, revive(new TextDecoder().decode(kept.bytes)))
  let saving = Promise.resolve<unknown>(undefined)
  const write = () => run.checkpoint.save(text(saver), { type: 'application/json' })
  // a save that failed is made good by the next one, which has all of the state
  const save = () =>
    (saving = saving.then(write, (error: unknown) => {
      if (error instanceof StaleCheckpoint) throw error
      return write()
    }))
  for (const name of ['put', 'putWrites'] as const) {
    const before = saver[name].bind(saver)
    saver[name] = async (...args) => {
      const answer = await before(...args)
      await save()
      return answer
    }
  }
  return saver
}

const text = ({ storage, writes }: Saver) =>
  JSON.stringify({ storage, writes }, (_, value: unknown) =>
    value instanceof Uint8Array ? { bytes: base64(value) } : value,
  )

/** In slices, since a function takes only so many arguments. */
function base64(bytes: Uint8Array): string {
  let binary = ''
  for (let at = 0; at < bytes.length; at += 10_000)
    binary += String.fromCharCode(...bytes.subarray(at, at + 10_000))
  return btoa(binary)
}

const revive = (kept: string) =>
  JSON.parse(kept, (_, value: unknown) =>
    isObject(value) && typeof value.bytes === 'string'
      ? Uint8Array.from(atob(value.bytes), (char) => char.charCodeAt(0))
      : value,
  ) as object
