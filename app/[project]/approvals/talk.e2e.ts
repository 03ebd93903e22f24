import { expect, test, type Holdpoint } from '@/lib/testing/e2e'

const between = 'section:has(> h3:text-is("Between people"))'
const addressOf = (holdpoint: Holdpoint, id: string) =>
  `${holdpoint.url}/${holdpoint.project}/approvals/${id}`

test('two reviewers talk about a request, each in a browser of their own', async ({
  page,
  holdpoint,
  browser,
  checkAccessibility,
}) => {
  const { id } = await holdpoint.ask({ params: { amount: 2400 } })
  const ben = await holdpoint.test.member('reviewer')
  const second = await browser.newContext()
  const their = await second.newPage()
  await holdpoint.signIn(their, ben.actor.id)
  await page.goto(addressOf(holdpoint, id))
  await their.goto(addressOf(holdpoint, id))
  const mine = page.locator(between)
  const theirs = their.locator(between)

  // nothing is there for who does not use it
  await expect(mine.getByRole('list')).toHaveCount(0)
  await mine.getByRole('button', { name: 'Comment' }).click()
  await mine.getByLabel('Comment').fill('Is this the <b>second</b> parcel?\u202e')
  await mine.getByLabel('Tell somebody').selectOption({ label: ben.actor.email })
  await checkAccessibility(page)
  await mine.getByRole('button', { name: 'Say it' }).click()
  const said = mine.getByRole('list', { name: 'Comments' })
  await expect(said).toContainText('Is this the <b>second</b> parcel?')
  await expect(mine.getByRole('textbox')).toHaveCount(0)

  // it comes to the other browser by itself, as text
  const heard = theirs.getByRole('list', { name: 'Comments' })
  await expect(heard).toContainText('Is this the <b>second</b> parcel?')
  await expect(heard).toContainText('U+202E')
  await expect(heard.locator('b')).toHaveCount(0)

  await theirs.getByRole('button', { name: 'I’ll take it' }).click()
  await expect(theirs.getByText('takes care of it')).toContainText(ben.actor.email)
  await expect(mine.getByText('takes care of it')).toContainText(ben.actor.email)
  await expect(page.locator(`#approval-${id}`)).toContainText(`${ben.actor.email} has it`)

  await theirs.getByRole('button', { name: 'More time' }).click()
  await theirs.getByRole('button', { name: 'Give more time' }).click()
  await expect(theirs.getByLabel('Why')).toHaveAccessibleDescription(/Say why it needs more time/)
  await theirs.getByLabel('Why').fill('The shop is closed today.')
  await theirs.getByRole('button', { name: 'Give more time' }).click()
  await expect(theirs.getByLabel('Why')).toHaveCount(0)

  await mine.getByRole('button', { name: 'What happened' }).click()
  const happened = mine.getByRole('list', { name: 'What happened' })
  await expect(happened).toContainText('asked')
  await expect(happened).toContainText('commented')
  await expect(happened).toContainText(`${ben.actor.email} took it`)
  await expect(happened).toContainText('gave it 1 h more')
  await expect(happened).toContainText('The shop is closed today.')
  await checkAccessibility(page)
  await theirs.getByRole('button', { name: 'Hand it back' }).click()
  await expect(happened).toContainText(`${ben.actor.email} handed it back`)
  await expect(mine.getByText('takes care of it')).toHaveCount(0)

  await their.setViewportSize({ width: 390, height: 800 })
  await theirs.getByRole('button', { name: 'Comment' }).click()
  await checkAccessibility(their)
  const isWide = await their.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)
  expect(isWide, 'nothing stands out of a narrow page').toBe(false)
  await second.close()
})

test('a viewer may say something and does nothing else; after the decision only words are left', async ({
  page,
  holdpoint,
}) => {
  const { id } = await holdpoint.ask()
  const viewer = await holdpoint.test.member('viewer')
  const owner = await holdpoint.test.member('owner')
  await holdpoint.signIn(page, viewer.actor.id)
  await page.goto(addressOf(holdpoint, id))
  const talk = page.locator(between)
  await expect(talk.getByRole('button')).toHaveText(['Comment', 'What happened'])
  await talk.getByRole('button', { name: 'Comment' }).click()
  await talk.getByLabel('Comment').fill('I only look.')
  await page.keyboard.press('Control+Enter')
  await expect(talk.getByRole('list', { name: 'Comments' })).toContainText('I only look.')
  const answer = await holdpoint.call('POST', `/api/approvals/${id}/cancel`)
  expect(answer.status).toBe(200)
  await holdpoint.signIn(page, owner.actor.id)
  await page.goto(addressOf(holdpoint, id))
  await expect(talk.getByRole('button')).toHaveText(['Comment', 'What happened'])
  await expect(talk.getByRole('list', { name: 'Comments' })).toContainText('I only look.')
})
