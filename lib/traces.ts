import {
  context,
  propagation,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
} from '@opentelemetry/api'
import { describeError } from './describe-error'

/** Where in a trace something was begun; undefined where nobody traces. */
export type TracePlace = Context | undefined

/** A propagator is there exactly where somebody takes spans, by us or by a program that loaded its own. */
export function isTraced(): boolean {
  return propagation.fields().length > 0
}

/** Where in a trace we are. */
export function tracePlace(): TracePlace {
  return isTraced() ? context.active() : undefined
}

/** Headers by which whoever gets them goes on with this trace (W3C Trace Context); none where nobody traces. */
export function traceHeaders(): Record<string, string> {
  const headers: Record<string, string> = {}
  if (isTraced()) propagation.inject(context.active(), headers)
  return headers
}

/** Where a trace goes on that came with these headers, or ours where none did. */
export function placeOf(headers: Record<string, unknown>): TracePlace {
  return isTraced() ? propagation.extract(context.active(), headers) : undefined
}

type Traced = {
  kind?: 'server' | 'client' | 'consumer'
  attributes?: Attributes
  /** Where it belongs; where we are, without. */
  from?: TracePlace
  /** What else it is done for. */
  others?: TracePlace[]
}

const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT, consumer: SpanKind.CONSUMER }

/**
 * Does the work within a span of its own; where nobody traces, just the work. An error is told by its kind alone.
 * @param work is handed what adds to the span what is known only at the end
 */
export function traced<T>(
  name: string,
  { kind, attributes, from, others = [] }: Traced,
  work: (add: (more: Attributes) => void) => Promise<T>,
): Promise<T> {
  if (!isTraced()) return work(() => undefined)
  const links = others.flatMap((place) => {
    const linked = place && trace.getSpanContext(place)
    return linked ? [{ context: linked }] : []
  })
  const options = { kind: kind ? kinds[kind] : SpanKind.INTERNAL, attributes: attributes ?? {}, links }
  return trace
    .getTracer('holdpoint')
    .startActiveSpan(name, options, from ?? context.active(), async (span) => {
      try {
        return await work((more) => span.setAttributes(more))
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR, message: describeError(error) })
        throw error
      } finally {
        span.end()
      }
    })
}
