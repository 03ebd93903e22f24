// Shows what is pushed and leads to it. It keeps no pages and answers no request.

self.addEventListener('install', () => void self.skipWaiting())
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))

self.addEventListener('push', (event) => {
  const { title, body, path, tag } = read(event.data)
  const shown = { body, tag, renotify: tag !== '', icon: '/icon.svg', data: { path } }
  event.waitUntil(self.registration.showNotification(title, shown))
})

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(open(event.notification.data?.path ?? '/'))
})

/** What was pushed, as text; browsers demand that something is shown, whatever came. */
function read(data) {
  let told = {}
  try {
    told = data.json() ?? {}
  } catch {
    // Nothing, or nothing of ours.
  }
  const text = (value, most) => (typeof value === 'string' ? value.slice(0, most) : '')
  const path = text(told.path, 2000)
  return {
    title: text(told.title, 100) || 'Holdpoint',
    body: text(told.body, 300),
    tag: text(told.tag, 100),
    path: new URL(path, self.origin).origin === self.origin && path.startsWith('/') ? path : '/',
  }
}

/** To the tab that shows it, else to one on the same queue, in which it is opened; else to a new one. */
async function open(path) {
  const tabs = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  const pathOf = (tab) => new URL(tab.url).pathname
  const queue = path.split('/').slice(0, 3).join('/')
  const there = tabs.find((tab) => pathOf(tab) === path)
  const near = there ?? tabs.find((tab) => pathOf(tab) === queue || pathOf(tab).startsWith(`${queue}/`))
  try {
    if (!near) throw new Error('no tab')
    await near.focus()
    if (!there) await near.navigate(path)
  } catch {
    await self.clients.openWindow(path)
  }
}
