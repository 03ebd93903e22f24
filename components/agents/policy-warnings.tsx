import type { Agent } from '@/lib/agents/schemas'
import * as say from '@/words/agents/policy-warnings'
import { Icon } from '../ui/icon'
import { Notice } from '../ui/notice'
import { UntrustedText } from '../ui/untrusted-text'
import { hasPlace, placeWords } from './place'

/** What was accepted and is probably not meant, each with its place where it has one. */
export function PolicyWarnings({ warnings }: { warnings: Agent['warnings'] }) {
  if (warnings.length === 0) return null
  return (
    <section aria-label={say.warnings} className="mb-6">
      <Notice tone="warn">
        <p className="flex items-center gap-1.5 font-medium text-warn">
          <Icon name="warning" />
          {say.acceptedWithWarnings(warnings.length)}
        </p>
        <ul className="mt-1 space-y-1">
          {warnings.map(({ code, message, line, column }) => (
            <li key={`${line}:${column}:${code}`} className="flex flex-wrap gap-x-2">
              {hasPlace({ code }) && (
                <span className="font-medium whitespace-nowrap">{placeWords({ line, column })}</span>
              )}
              <span className="min-w-0">
                <UntrustedText text={message} singleLine isBrief maxCharacters={1000} />
              </span>
            </li>
          ))}
        </ul>
      </Notice>
    </section>
  )
}
