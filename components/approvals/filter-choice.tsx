import type { ReactNode } from 'react'
import { Icon } from '../ui/icon'

/** How a filter looks; and one that narrows the list. */
export const chip = 'h-7 min-w-0 rounded-full border bg-surface px-2 text-xs text-ink pointer-coarse:h-11'
export const chosen = 'border-accent bg-accent-soft! text-accent!'

type FilterChoiceProps = {
  label: string
  name: string
  value: string
  usual?: string
  /** What is chosen takes two columns: it is long. */
  isLong?: boolean
  onChange: (value: string) => void
  /** The pointer or the focus comes to it. */
  onReach?: () => void
  children: ReactNode
}

/** One filter of which one of a few is chosen. */
export function FilterChoice(props: FilterChoiceProps) {
  const { label, name, value, usual = '', isLong = false, onChange, onReach, children } = props
  const isChosen = value !== usual
  return (
    <div className={`relative min-w-0 ${isLong && isChosen ? 'col-span-2' : ''}`}>
      <select
        aria-label={label}
        name={name}
        value={value}
        onChange={({ target }) => onChange(target.value)}
        onPointerEnter={onReach}
        onFocus={onReach}
        className={`${chip} w-full appearance-none truncate pr-5! ${isChosen ? chosen : 'border-line'}`}
      >
        {children}
      </select>
      <Icon
        name="down"
        className="pointer-events-none absolute inset-y-0 right-1 my-auto size-3.5! text-muted"
      />
    </div>
  )
}
