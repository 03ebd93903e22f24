import type { ComponentProps } from 'react'
import { useField, type Words } from './field'

/** A checkbox with the words beside it. */
export function CheckboxField(props: Words & ComponentProps<'input'>) {
  const { frame, tied, rest } = useField(props)
  const { className = '', ...others } = rest
  return (
    <div className={`flex items-start gap-2 ${className}`}>
      <input {...others} {...tied} type="checkbox" className="mt-1 size-4 shrink-0" />
      <div className="min-w-0">
        {frame.label}
        {frame.below}
      </div>
    </div>
  )
}
