'use client'

import * as say from '@/words/ui/single-keys-switch'
import { CheckboxField } from './checkbox-field'
import { useSingleKeys } from './single-keys'

/** Switches keys that are pressed alone on and off. */
export function SingleKeysSwitch({ className = '' }: { className?: string }) {
  const [isOn, setOn] = useSingleKeys()
  return (
    <CheckboxField
      className={className}
      label={say.singleKeyShortcuts}
      hint={say.singleKeyHint}
      checked={isOn}
      onChange={(event) => setOn(event.target.checked)}
    />
  )
}
