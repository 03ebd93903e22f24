import type { ComponentProps } from 'react'
import { Stacked, control, useField, type Common } from './field'

/** A one-line text input with its label, hint and error. */
export function TextField(props: Common & ComponentProps<'input'>) {
  const { frame, tied, rest } = useField(props)
  const { frameClassName, className = '', ...others } = rest
  return (
    <Stacked frame={frame} className={frameClassName}>
      <input {...others} {...tied} className={`${control} h-8 pointer-coarse:h-10 ${className}`} />
    </Stacked>
  )
}
