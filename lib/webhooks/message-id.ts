/** The `webhook-id` of a delivery: the same over retries and redelivery. */
export function messageIdOf(deliveryId: string): string {
  return `msg_${deliveryId.slice(deliveryId.indexOf('_') + 1)}`
}
