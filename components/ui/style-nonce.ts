/**
 * The scroll lock under Radix' dialogs writes a `<style>`, which our policy allows with the page's nonce only.
 * It takes the nonce from the global that bundlers use for theirs; the page's own scripts carry it.
 */
if (typeof document !== 'undefined') {
  const script = document.querySelector<HTMLScriptElement>('script[nonce]')
  Object.assign(globalThis, { __webpack_nonce__: script?.nonce })
}

export {}
