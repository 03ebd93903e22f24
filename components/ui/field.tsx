import { useId, type ComponentProps, type ReactNode } from 'react'
import { Icon } from './icon'

const control = `w-full min-w-0 rounded-sm border border-control bg-surface px-2.5 text-sm text-ink shadow-raised
  aria-invalid:border-danger disabled:cursor-not-allowed disabled:opacity-60`

type Words = {
  label: string
  hint?: ReactNode
  /** What is wrong with this field and how to mend it; tied to the control. */
  error?: string | undefined
  /** Keeps the label for readers only, where the place says it already. */
  isLabelHidden?: boolean
}

type FrameProps = Words & { id: string; isOptional?: boolean; children: ReactNode; className?: string }

function Frame({ id, label, hint, error, isLabelHidden, isOptional, children, className = '' }: FrameProps) {
  return (
    <div className={`flex min-w-0 flex-col gap-1 ${className}`}>
      <label htmlFor={id} className={isLabelHidden ? 'sr-only' : 'text-sm font-medium'}>
        {label}
        {isOptional && <span className="font-normal text-faint"> (optional)</span>}
      </label>
      {children}
      {hint && (
        <p id={`${id}-hint`} className="text-xs text-muted">
          {hint}
        </p>
      )}
      {error && <FieldError id={`${id}-error`}>{error}</FieldError>}
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

function describedBy(id: string, { hint, error }: Words): string | undefined {
  return [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ') || undefined
}

type Common = Words & { isOptional?: boolean; frameClassName?: string }

/** A one-line text input with its label, hint and error. */
export function TextField(props: Common & ComponentProps<'input'>) {
  const made = useId()
  const {
    label,
    hint,
    error,
    isLabelHidden,
    isOptional,
    frameClassName,
    className = '',
    id = made,
    ...rest
  } = props
  return (
    <Frame {...{ id, label, hint, error, isLabelHidden, isOptional }} className={frameClassName}>
      <input
        {...rest}
        id={id}
        aria-invalid={error ? true : undefined}
        aria-describedby={describedBy(id, props)}
        className={`${control} h-8 pointer-coarse:h-10 ${className}`}
      />
    </Frame>
  )
}

/** A text area with its label, hint and error. */
export function TextAreaField(props: Common & ComponentProps<'textarea'>) {
  const made = useId()
  const {
    label,
    hint,
    error,
    isLabelHidden,
    isOptional,
    frameClassName,
    className = '',
    id = made,
    ...rest
  } = props
  return (
    <Frame {...{ id, label, hint, error, isLabelHidden, isOptional }} className={frameClassName}>
      <textarea
        rows={3}
        {...rest}
        id={id}
        aria-invalid={error ? true : undefined}
        aria-describedby={describedBy(id, props)}
        className={`${control} py-1.5 ${className}`}
      />
    </Frame>
  )
}

/** A select with its label, hint and error; `children` are the options. */
export function SelectField(props: Common & ComponentProps<'select'>) {
  const made = useId()
  const {
    label,
    hint,
    error,
    isLabelHidden,
    isOptional,
    frameClassName,
    className = '',
    id = made,
    ...rest
  } = props
  return (
    <Frame {...{ id, label, hint, error, isLabelHidden, isOptional }} className={frameClassName}>
      <div className="relative">
        <select
          {...rest}
          id={id}
          aria-invalid={error ? true : undefined}
          aria-describedby={describedBy(id, props)}
          className={`${control} h-8 appearance-none pr-7 pointer-coarse:h-10 ${className}`}
        />
        <Icon name="down" className="pointer-events-none absolute inset-y-0 right-2 my-auto text-muted" />
      </div>
    </Frame>
  )
}

/** A checkbox with the words beside it. */
export function CheckboxField(props: Words & ComponentProps<'input'>) {
  const made = useId()
  const { label, hint, error, isLabelHidden, className = '', id = made, ...rest } = props
  return (
    <div className={`flex items-start gap-2 ${className}`}>
      <input
        {...rest}
        type="checkbox"
        id={id}
        aria-invalid={error ? true : undefined}
        aria-describedby={describedBy(id, props)}
        className="mt-1 size-4 shrink-0"
      />
      <div className="min-w-0">
        <label htmlFor={id} className={isLabelHidden ? 'sr-only' : 'text-sm font-medium'}>
          {label}
        </label>
        {hint && (
          <p id={`${id}-hint`} className="text-xs text-muted">
            {hint}
          </p>
        )}
        {error && <FieldError id={`${id}-error`}>{error}</FieldError>}
      </div>
    </div>
  )
}
