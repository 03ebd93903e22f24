import type { ComponentProps } from 'react'

export const variants = {
  primary: 'bg-ink-solid text-on-ink border-transparent hover:opacity-90',
  secondary: 'bg-raised text-ink border-line-strong shadow-raised hover:bg-hover',
  ghost: 'border-transparent text-muted hover:bg-sunken hover:text-ink',
  approve: 'bg-ok-solid text-on-solid border-transparent hover:brightness-90',
  danger: 'bg-danger-solid text-on-solid border-transparent hover:brightness-90',
  'danger-quiet': 'bg-raised text-danger border-line-strong shadow-raised hover:bg-danger-soft',
} as const

export const sizes = {
  sm: 'h-7 pointer-coarse:h-9 px-2.5 text-sm gap-1.5 rounded-sm',
  md: 'h-8 pointer-coarse:h-10 px-3 text-sm gap-2 rounded-md',
  lg: 'h-10 px-4 text-base gap-2 rounded-md',
} as const

export type ButtonLook = { variant?: keyof typeof variants; size?: keyof typeof sizes }

/** The classes of a button, for a link that looks like one. */
export function buttonClass({ variant = 'secondary', size = 'md' }: ButtonLook = {}): string {
  return `inline-flex shrink-0 items-center justify-center border font-medium whitespace-nowrap select-none
    disabled:cursor-not-allowed disabled:opacity-50 aria-disabled:cursor-not-allowed aria-disabled:opacity-50
    ${variants[variant]} ${sizes[size]}`
}

type ButtonProps = ComponentProps<'button'> &
  ButtonLook & {
    isBusy?: boolean
    /** What it says while busy; the button keeps the width of its usual words. */
    busyLabel?: string
  }

/**
 * `isBusy` keeps width, place and focus while its work is under way, and swallows further presses.
 * Not a submit button unless `type="submit"` says so.
 */
export function Button({
  variant,
  size,
  isBusy = false,
  className = '',
  type = 'button',
  ...rest
}: ButtonProps) {
  const { children, busyLabel, onClick, ...others } = rest
  return (
    <button
      {...others}
      type={type}
      aria-disabled={isBusy || undefined}
      aria-busy={isBusy || undefined}
      onClick={isBusy ? (event) => event.preventDefault() : onClick}
      className={`${buttonClass({ variant, size })} ${className}`}
    >
      {busyLabel === undefined ? (
        children
      ) : (
        <span className="grid min-w-0 *:col-start-1 *:row-start-1 *:truncate [&_kbd]:ml-1">
          <span className={isBusy ? 'invisible' : ''}>{children}</span>
          <span className={isBusy ? '' : 'invisible'}>{busyLabel}</span>
        </span>
      )}
    </button>
  )
}
