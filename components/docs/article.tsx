import * as say from '@/words/docs/article'
import { InlineScript } from '../ui/inline-script'

/** Copies the sample beside a pressed button, and says so on it. */
const copySamples = `document.addEventListener('click', async ({ target }) => {
  const button = target.closest?.('[data-copy]')
  if (!button) return
  const show = (word) => { button.textContent = word }
  try {
    await navigator.clipboard.writeText(button.parentElement.querySelector('code').textContent)
    show(${JSON.stringify(say.copied)})
  } catch { show(${JSON.stringify(say.cannotCopy)}) }
  setTimeout(show, 2000, ${JSON.stringify(say.copy)})
})`

/** Rendered Markdown of ours, and the few lines of script that its buttons need. */
export function Article({ html }: { html: string }) {
  return (
    <>
      <article className="doc" dangerouslySetInnerHTML={{ __html: html }} />
      <InlineScript text={copySamples} />
    </>
  )
}
