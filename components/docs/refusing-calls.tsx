import { pages } from '@/lib/paths'
import * as say from '@/words/docs/refusing-calls'

/** The calls that name a code among their own refusals; nothing for one that any call may answer. */
export function RefusingCalls({ calls }: { calls: readonly string[] }) {
  return (
    <section className="mt-10">
      <h2 className="mb-2 text-[1.375rem] leading-8 font-semibold tracking-tight">{say.callsThatAnswerIt}</h2>
      {calls.length === 0 ? (
        <p>{say.anyCallMay}</p>
      ) : (
        <ul className="space-y-1">
          {calls.map((call) => (
            <li key={call}>
              <code className="code text-sm">{call}</code>
            </li>
          ))}
        </ul>
      )}
      <p className="mt-8 text-sm">
        <a href={pages.docs('errors')} className="link">
          {say.allErrors}
        </a>
      </p>
    </section>
  )
}
