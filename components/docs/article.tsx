import { InlineScript } from '../ui/inline-script'

/** Copies the sample beside a pressed button, and says so on it. */
const copySamples = `document.addEventListener('click', async ({ target }) => {
  const button = target.closest?.('[data-copy]')
  if (!button) return
  const say = (word) => { button.textContent = word }
  try {
    await navigator.clipboard.writeText(button.parentElement.querySelector('code').textContent)
    say('Copied')
  } catch { say('Cannot copy') }
  setTimeout(say, 2000, 'Copy')
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
