'use client'

import { CheckboxField } from './field'
import { useSingleKeys } from './single-keys'

/** Switches keys that are pressed alone on and off. */
export function SingleKeysSwitch({ className = '' }: { className?: string }) {
  const [isOn, setOn] = useSingleKeys()
  return (
    <CheckboxField
      className={className}
      label="Single-key shortcuts"
      hint="Keys pressed alone, such as A and J. Kept in this browser."
      checked={isOn}
      onChange={(event) => setOn(event.target.checked)}
    />
  )
}
