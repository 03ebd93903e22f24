import { canonicalJson } from '../json/canonical'
import { Terms } from './terms'

/** Terms as they are stored: RFC 8785 JSON; null where there are none. */
export function termsText(terms: Terms | null): string | null {
  return terms && canonicalJson(terms)
}

/**
 * Stored terms.
 * @throws where the text is not of terms, so that nothing is decided by half of them
 */
export function readTerms(text: string | null): Terms | null {
  return text === null ? null : Terms.parse(JSON.parse(text))
}
