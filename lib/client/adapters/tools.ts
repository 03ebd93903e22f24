import type { GateOptions } from '../outcome.ts'
import type { Run } from '../run.ts'
import { callIdIn, told } from './framework.ts'

type Tool = (params: never) => unknown
type Gated<F extends Tool> = (
  params: Parameters<F>[0],
  callId: string | undefined,
  turn: number,
) => Promise<Awaited<ReturnType<F>> | string>

/**
 * Tools of a loop of your own, over the API of a model's maker: each is called with its params, the model's id of the
 * call and the number of messages before the one that calls it. A rejection or an expiry after which the run goes on
 * comes back as words for the model; one that ends the run is thrown as Refused.
 */
export function wrapAll<T extends Record<string, Tool>>(
  run: Run,
  tools: T,
  { earlier, signal }: Pick<GateOptions<unknown>, 'earlier' | 'signal'> = {},
): { [N in keyof T]: Gated<T[N]> } {
  const gated = Object.entries(tools).map(([name, tool]) => {
    const gate = async (params: object, id: string | undefined, turn: number) => {
      const about = { callId: callIdIn(turn, id, name), earlier, signal } as GateOptions<unknown, object>
      return told(await run.gate(name, params, (given) => tool(given as never), about))
    }
    return [name, gate]
  })
  return Object.fromEntries(gated) as { [N in keyof T]: Gated<T[N]> }
}
