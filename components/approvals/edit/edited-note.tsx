'use client'

import { Fragment } from 'react'
import type { SeenApproval } from '@/lib/approvals/schemas'
import { plainText } from '@/lib/untrusted/channels'
import * as say from '@/words/approvals/edit/edited-note'
import { Age } from '../../ui/time'
import { UntrustedText } from '../../ui/untrusted-text'
import { ChangeList } from './change-list'

/** That the params in force are not those that the agent asked for, by whom and in what. */
export function EditedNote({ edited }: { edited: NonNullable<SeenApproval['edited']> }) {
  const { editors, at, reason, changes } = edited
  return (
    <div className="mt-3 space-y-1.5">
      <p className="text-sm">
        {say.madeChanges(
          editors.map(({ id, name, email }, index) => (
            <Fragment key={id}>
              {index > 0 && say.and}
              <bdi className="font-medium">
                {plainText(name ?? email, { singleLine: true, maxCharacters: 120 })}
              </bdi>
            </Fragment>
          )),
          changes.length,
          <Age at={at} isLong />,
        )}
        {reason && (
          <>
            {': '}
            <UntrustedText text={reason} maxCharacters={300} singleLine />
          </>
        )}
      </p>
      <ChangeList label={say.whatWasChanged} changes={changes} />
    </div>
  )
}
