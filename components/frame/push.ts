import type { PushSubscriptionInput } from '@/lib/notices/push/subscribe'
import type { Action } from '../ui/use-action'

/** How this browser is told by push. It is loaded only where somebody wants that. */
export type PushActions = {
  readKey: Action<Record<string, never>, { key: string }>
  subscribe: Action<PushSubscriptionInput, void>
  unsubscribe: Action<{ endpoint: string }, void>
}

/**
 * Has this browser told by push, or still be: it may have been signed out and in since, or have got another address.
 * @param isNew whether to ask the browser for an address where it has none
 * @returns whether it is; not where the browser, its push service or we do not take part, but one that was told stays so
 * where that is only not known
 */
export async function subscribe(project: string, actions: PushActions, isNew: boolean): Promise<boolean> {
  if (!('serviceWorker' in navigator) || !('PushManager' in window)) return false
  try {
    const { pushManager } = await ready()
    const answer = await actions.readKey(project, {})
    if (!answer.ok) return !isNew
    let subscription = await pushManager.getSubscription()
    if (subscription && keyOf(subscription) !== answer.value.key) {
      await subscription.unsubscribe()
      subscription = null
    } else if (!subscription && !isNew) return false
    subscription ??= await pushManager.subscribe({
      userVisibleOnly: true,
      applicationServerKey: answer.value.key,
    })
    const { endpoint, keys = {} } = subscription.toJSON()
    const { p256dh = '', auth = '' } = keys
    return (await actions.subscribe(project, { endpoint: endpoint ?? '', p256dh, auth })).ok || !isNew
  } catch {
    return !isNew
  }
}

/** Has this browser told by push no more, in whichever project. */
export async function unsubscribe(project: string, actions: PushActions): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration('/')
  const subscription = await registration?.pushManager.getSubscription()
  if (!subscription) return
  await actions.unsubscribe(project, { endpoint: subscription.endpoint })
  await subscription.unsubscribe()
}

async function ready(): Promise<ServiceWorkerRegistration> {
  await navigator.serviceWorker.register('/sw.js', { updateViaCache: 'none' })
  return navigator.serviceWorker.ready
}

/** The key that it was made for, base64url. */
function keyOf({ options }: PushSubscription): string {
  const bytes = new Uint8Array(options.applicationServerKey ?? new ArrayBuffer(0))
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}
