/** Where the browser reads a webhook's deliveries; paging comes after it. */
export function deliveriesKey(project: string, webhookId: string): string {
  return `/api/webhooks/${webhookId}/deliveries?project=${encodeURIComponent(project)}`
}
