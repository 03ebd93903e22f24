/**
 * Follows an address as a press on a link of the page would, so that who guards what was typed is asked first.
 * @param go goes there; without it the browser does, to another document
 */
export function follow(href: string, go?: (href: string) => void): void {
  const link = document.createElement('a')
  link.href = href
  if (go) {
    link.addEventListener('click', (event) => {
      event.preventDefault()
      go(href)
    })
  }
  document.body.append(link)
  link.click()
  link.remove()
}
