import * as say from '@/words/ui/skeleton'

/** A grey bar in the place of text that is on its way; `className` gives its size. */
export function Skeleton({ className = 'h-4 w-24' }: { className?: string }) {
  return <span aria-hidden="true" className={`animate-pulse block rounded-xs bg-sunken ${className}`} />
}

/** A list on its way: as many rows as usual, of the rows' own height, read out as one word. */
export function SkeletonRows({ rows = 6, label = say.loading }: { rows?: number; label?: string }) {
  return (
    <div className="overflow-hidden rounded-md border border-line bg-surface">
      <output className="sr-only">{label}</output>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className="flex items-start gap-4 border-b border-line px-4 py-3.5 last:border-b-0">
          <div className="min-w-0 flex-1 space-y-2">
            <Skeleton className="h-3.5 w-56 max-w-full" />
            <Skeleton className="h-3 w-96 max-w-full" />
          </div>
          <Skeleton className="h-3.5 w-16" />
        </div>
      ))}
    </div>
  )
}
