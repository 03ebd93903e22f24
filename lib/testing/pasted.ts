import { execFile } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

/** As much of curl as our commands use, so that they run where curl is not there, and its status is known. */
const curl = `#!${process.execPath}
const given = process.argv.slice(2)
const headers = {}
let method, body, url
while (given.length > 0) {
  const one = given.shift()
  if (one === '-X') method = given.shift()
  else if (one === '-H') { const [, name, value] = /^([^:]+): (.*)$/.exec(given.shift()); headers[name] = value }
  else if (one === '-d' || one === '--data-binary') body = given.shift()
  else if (one.startsWith('-') || url !== undefined) throw new Error('not known here: ' + one)
  else url = one
}
if (body?.startsWith('@')) body = require('node:fs').readFileSync(body.slice(1), 'utf8')
fetch(url, { method: method ?? (body === undefined ? 'GET' : 'POST'), headers, body }).then(async (answer) =>
  console.log(JSON.stringify({ status: answer.status, body: await answer.json() })),
)
`

/** What the last curl of a pasted text was answered. */
type Pasted = { status: number; body: Record<string, unknown> }

/**
 * Runs a text in a shell, as a person who has pasted it; what curl is told in it is really sent.
 * @param env variables that the text names
 * @param files what lies in the folder where it runs, by name
 * @throws Error where the shell or curl fails
 */
export async function paste(
  text: string,
  env: Record<string, string> = {},
  files: Record<string, string> = {},
): Promise<Pasted> {
  const folder = mkdtempSync(join(tmpdir(), 'holdpoint-paste-'))
  try {
    writeFileSync(join(folder, 'curl'), curl)
    chmodSync(join(folder, 'curl'), 0o755)
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
    const PATH = `${folder}${delimiter}${process.env.PATH ?? ''}`
    const said = await new Promise<string>((resolve, reject) => {
      execFile(
        'sh',
        ['-ec', text],
        { cwd: folder, env: { ...env, PATH } as unknown as NodeJS.ProcessEnv },
        (error, out) => (error ? reject(error) : resolve(out)),
      )
    })
    return JSON.parse(said.trim().split('\n').at(-1) ?? '') as Pasted
  } finally {
    rmSync(folder, { recursive: true })
  }
}
