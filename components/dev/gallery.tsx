'use client'

import { Controls } from './controls'
import { Overlays } from './overlays'
import { States } from './states'
import { Values } from './values'
import { Votes } from './votes'

/** Every part of `components/ui` in every state, in the theme that is chosen at the top. */
export function Gallery() {
  return (
    <>
      <Overlays />
      <div className="grid items-start gap-10 lg:grid-cols-2">
        <div className="min-w-0 space-y-8">
          <Controls />
          <States />
        </div>
        <div className="min-w-0 space-y-8">
          <Values />
          <Votes />
        </div>
      </div>
    </>
  )
}
