import localFont from 'next/font/local'

/*
 * The faces of the console, served by ourselves: what a page shows must be told apart letter by letter (`l`, `1`, `I`;
 * `O`, `0`), on whatever system it is read. What they lack is drawn by the system's faces.
 */

const sans = localFont({
  src: '../node_modules/@fontsource-variable/geist/files/geist-latin-wght-normal.woff2',
  variable: '--face-sans',
  weight: '100 900',
  display: 'swap',
})
const sansExtended = localFont({
  src: '../node_modules/@fontsource-variable/geist/files/geist-latin-ext-wght-normal.woff2',
  variable: '--face-sans-extended',
  weight: '100 900',
  display: 'swap',
  preload: false,
  adjustFontFallback: false,
  declarations: [
    { prop: 'unicode-range', value: 'U+0100-02BA, U+1E00-1E9F, U+1EF2-1EFF, U+20A0-20AB, U+20AD-20C0' },
  ],
})
const mono = localFont({
  src: '../node_modules/@fontsource-variable/geist-mono/files/geist-mono-latin-wght-normal.woff2',
  variable: '--face-mono',
  weight: '100 900',
  display: 'swap',
  adjustFontFallback: false,
})
const monoExtended = localFont({
  src: '../node_modules/@fontsource-variable/geist-mono/files/geist-mono-latin-ext-wght-normal.woff2',
  variable: '--face-mono-extended',
  weight: '100 900',
  display: 'swap',
  preload: false,
  adjustFontFallback: false,
  declarations: [
    { prop: 'unicode-range', value: 'U+0100-02BA, U+1E00-1E9F, U+1EF2-1EFF, U+20A0-20AB, U+20AD-20C0' },
  ],
})

/** The class of the root element, by which styles know the faces. */
export const faces = [sans, sansExtended, mono, monoExtended].map(({ variable }) => variable).join(' ')
