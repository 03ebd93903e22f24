import { expect, test } from '@/lib/testing/e2e'

test('what is not found is called so in the title, and where it was looked for', async ({
  page,
  holdpoint,
}) => {
  const { project, name } = { project: holdpoint.project, name: holdpoint.test.project.name }
  const inProject = `Not found · ${name} · Holdpoint`
  const elsewhere = 'Not found · Holdpoint'
  for (const [path, title] of [
    [`${project}/runs/nope`, inProject],
    [`${project}/agents/nope`, inProject],
    [`${project}/settings/webhooks/nope`, inProject],
    [`${project}/nope`, elsewhere],
    ['of-nobody', elsewhere],
    ['of-nobody/approvals', elsewhere],
    ['docs/nope', elsewhere],
    ['docs/errors/nope', elsewhere],
  ] as const) {
    await page.goto(`/${path}`)
    await expect(page, path).toHaveTitle(title)
  }
})

test('a run that is not there is not found by its status either', async ({ page, holdpoint }) => {
  const { run_id } = await holdpoint.ask()
  for (const [run, status] of [
    [run_id, 200],
    [run_id.replace(/.{4}$/, '0000'), 404],
    ['nope', 404],
  ] as const)
    expect((await page.goto(`/${holdpoint.project}/runs/${run}`))?.status(), run).toBe(status)
})

test('how many wait stands in the title of every page, also where the title is what it shows', async ({
  page,
  holdpoint,
}) => {
  const { run_id } = await holdpoint.ask()
  for (const path of ['agents', 'agents/tester', `runs/${run_id}`, 'audit', 'settings/members']) {
    await page.goto(`/${holdpoint.project}/${path}`)
    await expect(page, path).toHaveTitle(/^\(1\) .+ · Holdpoint$/)
  }
})
