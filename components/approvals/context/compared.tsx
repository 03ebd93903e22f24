import Link from 'next/link'
import type { ApprovalContext } from '@/lib/approvals/context/schemas'
import { pages } from '@/lib/paths'
import * as say from '@/words/approvals/context/compared'
import { Age } from '../../ui/time'
import { UntrustedText } from '../../ui/untrusted-text'

type Change = NonNullable<ApprovalContext['compared']>['changed'][number]

/** Only what differs. */
export function Compared({ project, compared }: { project: string; compared: ApprovalContext['compared'] }) {
  if (compared === null) return <p className="text-sm text-muted">{say.noneBefore}</p>
  const { changed, same, different } = compared
  return (
    <div className="space-y-1.5 text-sm">
      <p className="text-muted">
        <Link href={pages.approval(project, compared.approval_id)} prefetch={false} className="link">
          {say.approvedAgo(<Age at={compared.decided_at} isLong />)}
        </Link>
        {compared.is_too_long
          ? say.tooLong
          : different === 0
            ? say.exactlyTheSame
            : same === 0
              ? say.nothingTheSame
              : say.sameAndDifferent(same, different, changed.length)}
      </p>
      {changed.length > 0 && (
        <table className="w-full rounded-sm border border-line bg-surface text-left">
          <thead className="sr-only">
            <tr>
              <th>{say.param}</th>
              <th>{say.then}</th>
              <th>{say.now}</th>
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {changed.map((change) => (
              <tr key={change.path} className="align-baseline">
                <th
                  scope="row"
                  className="code w-1/4 px-3 py-1.5 text-xs font-normal wrap-anywhere text-muted"
                >
                  <UntrustedText text={change.path} maxCharacters={120} singleLine isBrief />
                </th>
                <td className="py-1.5 pr-3 text-muted">
                  <Value text={change.before} />
                </td>
                <td className="py-1.5 pr-3">
                  <span aria-hidden="true" className="pr-2 text-faint">
                    →
                  </span>
                  <Value text={change.after} />
                  <Factor change={change} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  )
}

function Value({ text }: { text: string | null }) {
  if (text === null) return <span className="text-faint">{say.notThere}</span>
  return (
    <span className="code text-xs">
      <UntrustedText text={text} maxCharacters={120} singleLine isBrief />
    </span>
  )
}

/** How many times as much, where that is worth a word. */
function Factor({ change: { factor } }: { change: Change }) {
  if (factor === null || (factor > 0.8 && factor < 1.25)) return null
  const words = factor >= 10 ? String(Math.round(factor)) : factor.toFixed(factor < 0.1 ? 3 : 1)
  return <span className="ml-2 text-xs whitespace-nowrap text-muted">({words} ×)</span>
}
