import { AsyncLocalStorage } from 'node:async_hooks'
import { expect, test, vi } from 'vitest'
import { mailToText, renderMail } from './render-mail'

test('a mail is one document and begins no asynchronous context', async () => {
  const begun = vi.spyOn(AsyncLocalStorage.prototype, 'run')
  const html = await renderMail(
    <html lang="en">
      <body>
        <h1>Ann &amp; Bob</h1>
      </body>
    </html>,
  )
  expect(html).toMatch(
    /^<!DOCTYPE html PUBLIC "[^>]*><html lang="en">.*<h1>Ann &amp; Bob<\/h1><\/body><\/html>$/,
  )
  expect(await mailToText(html)).toBe('Ann & Bob')
  expect(begun).not.toHaveBeenCalled()
})
