import { useId, type ReactNode } from 'react'
import * as say from '@/words/ui/field'
import { Icon } from './icon'

/** How a control looks. */
export const control = `w-full min-w-0 rounded-sm border border-control bg-surface px-2.5 text-sm text-ink shadow-raised
  aria-invalid:border-danger disabled:cursor-not-allowed disabled:opacity-60`

/** The words around a control. */
export type Words = {
  label: string
  hint?: ReactNode
  /** What is wrong with this field and how to mend it; tied to the control. */
  error?: string | undefined
  /** Keeps the label for readers only, where the place says it already. */
  isLabelHidden?: boolean
}

/** What every field with its words above it takes. */
export type Common = Words & { isOptional?: boolean; frameClassName?: string }

type Frame = { id: string; label: ReactNode; below: ReactNode }

/** What every field has besides its control: the words around it, and what ties them to it. */
export function useField<P extends Words & { id?: string | undefined; isOptional?: boolean }>(props: P) {
  const made = useId()
  const { label, hint, error, isLabelHidden, isOptional, id = made, ...rest } = props
  const describedBy = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ')
  const frame: Frame = {
    id,
    label: (
      <label htmlFor={id} className={isLabelHidden ? 'sr-only' : 'text-sm font-medium'}>
        {label}
        {isOptional && <span className="font-normal text-faint"> {say.optional}</span>}
      </label>
    ),
    below: (
      <>
        {hint && (
          <p id={`${id}-hint`} className="text-xs text-muted">
            {hint}
          </p>
        )}
        {error && <FieldError id={`${id}-error`}>{error}</FieldError>}
      </>
    ),
  }
  const tied = {
    id,
    'aria-invalid': error ? true : undefined,
    'aria-describedby': describedBy || undefined,
  }
  return { frame, tied, rest }
}

/** Label, control, hint and error, one above the other. */
export function Stacked({
  frame,
  className = '',
  children,
}: {
  frame: Frame
  className?: string
  children: ReactNode
}) {
  return (
    <div className={`flex min-w-0 flex-col gap-1 ${className}`}>
      {frame.label}
      {children}
      {frame.below}
    </div>
  )
}

/** A sentence about what is wrong; give its id to the control's `aria-describedby`. */
export function FieldError({ id, children }: { id?: string; children: ReactNode }) {
  return (
    <p id={id} className="flex items-start gap-1 text-xs text-danger">
      <Icon name="warning" className="mt-0.5 size-3!" />
      <span>{children}</span>
    </p>
  )
}
