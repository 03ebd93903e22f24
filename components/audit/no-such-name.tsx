import Link from 'next/link'
import type { NameMatch } from '@/lib/audit/match-name'
import * as say from '@/words/audit/no-such-name'
import { Notice } from '../ui/notice'
import { UntrustedText } from '../ui/untrusted-text'

type NoSuchNameProps = {
  text: string
  /** Who is looked for, such as `member or key`. */
  what: string
  match: Exclude<NameMatch, { is: 'one' }>
  /** The same page for one of them. */
  pathOf: (id: string) => string
}

/** A name that means nobody, or several: said as what it is, never as an empty log. */
export function NoSuchName({ text, what, match, pathOf }: NoSuchNameProps) {
  const name = <UntrustedText text={text} singleLine isBrief maxCharacters={100} />
  return (
    <Notice tone="warn">
      <p>
        {match.is === 'several' ? (
          say.severalAreCalled(name)
        ) : (
          <>
            {say.noneIsCalled(what, name)}
            {match.others.length > 0 && ` ${say.didYouMean}`}
          </>
        )}
      </p>
      {match.others.length > 0 && (
        <ul className="mt-1 list-disc pl-5">
          {match.others.map((other) => (
            <li key={other.id}>
              <Link href={pathOf(other.id)} className="link">
                <UntrustedText text={other.name} singleLine isBrief maxCharacters={100} />
              </Link>{' '}
              <span className="text-muted">
                {other.also === other.name ? other.kind : (other.also ?? other.kind)}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Notice>
  )
}
