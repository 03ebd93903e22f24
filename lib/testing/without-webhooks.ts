/** For jobs of projects that have no webhook. */
export const withoutWebhooks = {
  queueDeliveries: async () => undefined,
  webhooks: { sealKey: Buffer.alloc(32), outboundAllow: [], now: Date.now },
}
