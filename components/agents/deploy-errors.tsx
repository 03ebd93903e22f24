import type { InputIssue } from '@/lib/errors'
import * as say from '@/words/agents/deploy-errors'
import { Icon } from '../ui/icon'
import { UntrustedText } from '../ui/untrusted-text'
import { placeWords, type Place } from './place'

type DeployErrorsProps = {
  id?: string
  errors: InputIssue[]
  /** What they are; that the file was refused where it is missing. */
  title?: string
  /** Of what is taken and probably not meant. */
  isWarning?: boolean
  onGo?: (place: Place) => void
}

/** What is wrong with a file, each mistake with its place; a press on the place leads to it in the text. */
export function DeployErrors({
  id,
  errors,
  title = say.fileWasRefused(errors.length),
  isWarning,
  onGo,
}: DeployErrorsProps) {
  const colour = isWarning ? 'text-warn' : 'text-danger'
  return (
    <div
      id={id}
      className={`rounded-md border px-3.5 py-2.5 text-sm ${isWarning ? 'border-warn/40 bg-warn-soft' : 'border-danger/40 bg-danger-soft'}`}
    >
      <p className={`flex items-center gap-1.5 font-medium ${colour}`}>
        <Icon name="warning" />
        {title}
      </p>
      <ul className="mt-1 space-y-1">
        {errors.map(({ line = 1, column = 1, detail, pointer }) => (
          <li key={`${line}:${column}:${pointer}:${detail}`} className="flex flex-wrap gap-x-2">
            {onGo ? (
              <button
                type="button"
                onClick={() => onGo({ line, column })}
                className={`rounded-xs font-medium whitespace-nowrap underline underline-offset-2 ${colour}`}
              >
                {placeWords({ line, column })}
              </button>
            ) : (
              <span className="font-medium whitespace-nowrap">{placeWords({ line, column })}</span>
            )}
            <span className="min-w-0">
              <UntrustedText text={detail} singleLine isBrief maxCharacters={600} />
            </span>
          </li>
        ))}
      </ul>
    </div>
  )
}
