import { requireCronSecret } from '@/lib/web/cron'
import { drainOnce } from '@/lib/web/drain'
import { openRoute, resource } from '@/lib/web/route'

const deliver = openRoute(
  async (request) => {
    requireCronSecret(request)
    return drainOnce()
  },
  { mayWait: true },
)

export const { GET, POST, PUT, PATCH, DELETE } = resource({ GET: deliver, POST: deliver })
