import type { ComponentProps } from 'react'
import { Stacked, control, useField, type Common } from './field'
import { Icon } from './icon'

/** A select with its label, hint and error; `children` are the options. */
export function SelectField(props: Common & ComponentProps<'select'>) {
  const { frame, tied, rest } = useField(props)
  const { frameClassName, className = '', ...others } = rest
  return (
    <Stacked frame={frame} className={frameClassName}>
      <div className="relative">
        <select
          {...others}
          {...tied}
          className={`${control} h-8 appearance-none pr-7 pointer-coarse:h-10 ${className}`}
        />
        <Icon name="down" className="pointer-events-none absolute inset-y-0 right-2 my-auto text-muted" />
      </div>
    </Stacked>
  )
}
