import type { WebhookHealth } from '@/lib/webhooks/health'
import * as say from '@/words/settings/webhooks/health-bars'

const height = 20

/** The last 24 hours of a webhook, an hour a bar: what failed stands hatched on what was delivered. */
export function HealthBars({ hours }: Pick<WebhookHealth, 'hours'>) {
  const sum = (kind: 'delivered' | 'failed') => hours.reduce((all, hour) => all + hour[kind], 0)
  const most = Math.max(1, ...hours.map(({ delivered, failed }) => delivered + failed))
  const share = (count: number) => (count === 0 ? 0 : Math.max(2, (count / most) * height))
  return (
    <span className="block">
      <svg aria-hidden="true" viewBox={`0 0 ${hours.length * 5} ${height}`} className="h-5 w-30 text-danger">
        {hours.map(({ delivered, failed }, at) => {
          const [ok, bad] = [share(delivered), share(failed)]
          return (
            <g key={at}>
              <rect x={at * 5} y={height - 1} width={4} height={1} className="fill-line-strong" />
              <rect x={at * 5} y={height - ok} width={4} height={ok} className="fill-ok" />
              <rect
                x={at * 5 + 0.5}
                y={Math.max(0, height - ok - bad)}
                width={3}
                height={bad}
                fill="none"
                stroke="currentColor"
              />
            </g>
          )
        })}
      </svg>
      <span className="block text-xs text-muted">
        {say.deliveredAndFailed(sum('delivered'), sum('failed'))}
      </span>
    </span>
  )
}
