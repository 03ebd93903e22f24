import * as say from '@/words/frame/keys-anywhere'
import { places } from './places'

/** What the keyboard does on every page, for the sheet of keys. */
export const keysAnywhere: [key: string, act: string][] = [
  [say.findOrDoKeys, say.toFindOrDo],
  ...places.map(({ key, name }): [string, string] => [
    say.goThereKeys(key.toUpperCase()),
    say.goToPlace(name),
  ]),
  ['/', say.searchThisPage],
  ['?', say.theseKeys],
]
