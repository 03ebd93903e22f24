/**
 * Sends spans to the OTLP receiver that `OTEL_EXPORTER_OTLP_ENDPOINT` names; the SDK, an optional package, is loaded
 * for that alone. Its own variables (`OTEL_SERVICE_NAME`, `OTEL_TRACES_SAMPLER`, …) hold.
 * @returns what sends the rest and ends it
 */
export async function startTracing(): Promise<() => Promise<void>> {
  const [{ NodeTracerProvider, BatchSpanProcessor }, { OTLPTraceExporter }] = await Promise.all([
    import('@opentelemetry/sdk-trace-node'),
    import('@opentelemetry/exporter-trace-otlp-http'),
  ])
  process.env.OTEL_SERVICE_NAME ??= 'holdpoint'
  const provider = new NodeTracerProvider({
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  })
  provider.register()
  return () => provider.shutdown()
}
