import { openRoute, resource } from '@/lib/http/route'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: openRoute(async () => ({ status: 'live' })),
})
