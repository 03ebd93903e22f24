/** The tag of these words' language, which `<html lang>` says (BCP 47). */
export const language = 'en'

/** Whose numbers and plurals they have. */
export const locale = 'en-US'

/** Whose dates and times, by the clock that somebody chose. */
export const clockLocales = { '24': 'en-GB', '12': 'en-US' } as const
