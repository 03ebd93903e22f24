/** What a process measures of its own work, where its metrics are read; see `lib/process/metrics.ts`. */
export type Measures = {
  request(labels: { method: string; route: string; status: string }, seconds: number): void
  decision(seconds: number): void
  job(labels: { task: string; outcome: 'done' | 'failed' }, seconds: number): void
}

const measuresKey = Symbol.for('holdpoint.measures')
/** Shared by every copy of this module (bundled for Next, plain for our own server). */
const scope = globalThis as { [measuresKey]?: Measures }

/** Undefined where nobody reads the metrics of this process. */
export function measures(): Measures | undefined {
  return scope[measuresKey]
}

/** From now on this process measures. */
export function measureWith(made: Measures): void {
  scope[measuresKey] = made
}
