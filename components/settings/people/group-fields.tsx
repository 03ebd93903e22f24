import * as say from '@/words/settings/people/group-fields'
import { TextField } from '../../ui/text-field'
import { errorOf, type Trouble } from '../../ui/trouble'

type GroupFieldsProps = {
  name: string
  onName: (name: string) => void
  slug: string
  onSlug: (slug: string) => void
  /** What the slug may be. */
  hint: string
  trouble: Trouble | null
}

/** What a group is called by people, and by policies. */
export function GroupFields({ name, onName, slug, onSlug, hint, trouble }: GroupFieldsProps) {
  return (
    <>
      <TextField
        label={say.name}
        autoComplete="off"
        maxLength={200}
        value={name}
        onChange={(event) => onName(event.target.value)}
        error={errorOf(trouble, 'name')}
      />
      <TextField
        label={say.inPolicies}
        hint={hint}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        maxLength={64}
        value={slug}
        onChange={(event) => onSlug(event.target.value)}
        error={errorOf(trouble, 'slug')}
        className="code"
      />
    </>
  )
}
