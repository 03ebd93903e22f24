import type { InputIssue } from '@/lib/errors'
import { Icon } from '../ui/icon'
import { UntrustedText } from '../ui/untrusted-text'
import { placeWords, type Place } from './select-place'

type DeployErrorsProps = { id?: string; errors: InputIssue[]; onGo?: (place: Place) => void }

/** Why a file was refused, each mistake with its place; a press on the place leads to it in the text. */
export function DeployErrors({ id, errors, onGo }: DeployErrorsProps) {
  return (
    <div id={id} className="rounded-md border border-danger/40 bg-danger-soft px-3.5 py-2.5 text-sm">
      <p className="flex items-center gap-1.5 font-medium text-danger">
        <Icon name="warning" />
        {errors.length === 1 ? 'The file was refused' : `The file was refused for ${errors.length} mistakes`}
      </p>
      <ul className="mt-1 space-y-1">
        {errors.map(({ line = 1, column = 1, detail, pointer }) => (
          <li key={`${line}:${column}:${pointer}:${detail}`} className="flex flex-wrap gap-x-2">
            {onGo ? (
              <button
                type="button"
                onClick={() => onGo({ line, column })}
                className="rounded-xs font-medium whitespace-nowrap text-danger underline underline-offset-2"
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
