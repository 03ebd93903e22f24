import type { ComponentProps } from 'react'
import { Stacked, control, useField, type Common } from './field'

/** A text area with its label, hint and error. */
export function TextAreaField(props: Common & ComponentProps<'textarea'>) {
  const { frame, tied, rest } = useField(props)
  const { frameClassName, className = '', ...others } = rest
  return (
    <Stacked frame={frame} className={frameClassName}>
      <textarea rows={3} {...others} {...tied} className={`${control} py-1.5 ${className}`} />
    </Stacked>
  )
}
