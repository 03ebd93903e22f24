'use client'

import * as say from '@/words/approvals/key-sheet'
import { keysAnywhere } from '../frame/keys-anywhere'
import { Dialog } from '../ui/dialog'
import { DisplayChoice } from '../ui/display-choice'
import { SingleKeysSwitch } from '../ui/single-keys-switch'

const deskGroups: [string, [string, string][]][] = [
  [
    say.go,
    [
      ['J', say.nextRequest],
      ['K', say.theOneBefore],
      ['N', say.showNewRequests],
      ['T', say.openTheRun],
    ],
  ],
  [
    say.decide,
    [
      ['A', say.approve],
      ['R', say.reject],
      ['C', say.askForChanges],
      ['I', say.takeIt],
      ['H', say.snoozeIt],
      ['.', say.stayHereOnce],
      [say.confirmKeys, say.confirm],
      [say.esc, say.back],
    ],
  ],
  [
    say.several,
    [
      ['X', say.select],
      [say.shiftAndClick, say.selectUpToHere],
      ['E', say.showAllParams],
    ],
  ],
]

type KeySheetProps = { isOpen: boolean; onClose: () => void; isDesk?: boolean }

/** What the keyboard does anywhere, and on the desk; with the switch for keys that are pressed alone. */
export function KeySheet({ isOpen, onClose, isDesk = true }: KeySheetProps) {
  const anywhere: (typeof deskGroups)[number] = [say.anywhere, keysAnywhere]
  const groups = isDesk ? [...deskGroups, anywhere] : [anywhere]
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={say.keys} description={say.noKeyDecides}>
      <div className="grid gap-x-8 gap-y-5 sm:grid-cols-2">
        {groups.map(([title, keys]) => (
          <section key={title}>
            <h3 className="mb-1.5 text-xs font-semibold text-faint">{title}</h3>
            <dl className="space-y-1 text-sm">
              {keys.map(([key, act]) => (
                <div key={key} className="flex justify-between gap-4">
                  <dt className="order-2 text-muted">
                    <kbd className="rounded-xs border border-line-strong bg-surface px-1.5 font-mono text-xs whitespace-nowrap">
                      {key}
                    </kbd>
                  </dt>
                  <dd>{act}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <div className="mt-5 space-y-4 border-t border-line pt-4">
        {isDesk && (
          <div className="max-w-sm space-y-1.5 text-sm">
            <p aria-hidden="true">{say.afterADecision}</p>
            <DisplayChoice of="after" />
          </div>
        )}
        <SingleKeysSwitch />
      </div>
    </Dialog>
  )
}
