import { command, type Call } from './command'
import { cleanUrl, configPath, readConfig, writeConfig } from './config'
import { exit, Failure, wrongly } from './exit'
import { ask, readAll } from './prompt'
import { oneLine } from './printer'
import { patienceOf, Server } from './server'
import { meLines, readMe } from './whoami'

export const login = command({
  synopsis: ['login [URL] [--profile NAME]', 'login [URL] --token -'],
  about: [
    'Checks a credential against the server and keeps it, with the address, in the configuration, which you alone can read. A personal token is for what you do yourself: list, approve, deploy. An agent key is for what an agent asks: run, work, hooks and the MCP proxy. A profile keeps one of each.',
    'The credential is typed at the terminal, where it is not shown, or is read from stdin with --token -. It is never an argument, for those are seen by others and kept by the shell.',
    'The profile that is logged in to last is the one that is used where --profile does not say otherwise.',
  ],
  options: {
    token: { type: 'string', value: '-', about: 'Read the credential from stdin.' },
  },
  examples: [
    [
      'holdpoint login https://holdpoint.example.com',
      'Asks for a personal token that you made in the console.',
    ],
    ['holdpoint login https://holdpoint.example.com --token - < token.txt', 'The same in a script.'],
  ],
  async run(call) {
    const { args, common, io, out } = call
    if (args.length > 1) throw wrongly('login takes one address.')
    const config = readConfig(io.env)
    const name =
      common.profile || io.env.HOLDPOINT_PROFILE || (args.length === 0 ? config.current : 'default')
    if (!/^[\w.-]{1,64}$/.test(name) || name === '__proto__')
      throw wrongly(`${oneLine(name)} is no name of a profile: use letters, digits, _, . and -.`)
    const known = Object.hasOwn(config.profiles, name) ? config.profiles[name] : undefined
    const given = args[0] ?? common.url ?? (io.env.HOLDPOINT_URL || known?.url)
    if (given === undefined)
      throw wrongly('Say where Holdpoint is: holdpoint login https://holdpoint.example.com')
    const url = cleanUrl(given)
    const credential = await readCredential(call, url)
    if (!/^hp[au]_\w+$/.test(credential)) {
      throw new Failure(exit.denied, 'That is neither a personal token (hpu_…) nor an agent key (hpa_…).')
    }
    warnOfPlainText(call, url)
    const server = new Server({ url, credential }, io.signal, patienceOf(call))
    const me = await readMe(server)
    const isSame = known !== undefined && cleanUrl(known.url) === url
    const member = credential.startsWith('hpa_') ? { key: credential } : { token: credential }
    const profiles = { ...config.profiles, [name]: { ...(isSame ? known : {}), url, ...member } }
    writeConfig(io.env, { current: name, profiles })
    if (common.json) out.json(me)
    else {
      for (const line of meLines(me, url)) out.line(line)
      out.note(`Kept as profile ${name} in ${configPath(io.env)}.`)
    }
    return exit.done
  },
})

async function readCredential(
  { options, io, out }: Call<{ token: { type: 'string'; about: string } }>,
  url: string,
) {
  if (options.token !== undefined && options.token !== '-') {
    throw wrongly(
      'A credential is never an argument, where others see it. Pipe it: holdpoint login --token - < FILE',
    )
  }
  if (options.token === '-') return (await readAll(io.stdin, io.signal)).trim()
  if (!io.stdin.isTTY)
    throw wrongly('There is no terminal to ask at. Pipe the credential: holdpoint login --token - < FILE')
  out.note(`Make a personal token in the console at ${url}, under Settings, Keys.`)
  return (await ask(io, 'Token (it is not shown): ', { isSecret: true })).trim()
}

function warnOfPlainText({ out }: Pick<Call, 'out'>, url: string): void {
  const { protocol, hostname } = new URL(url)
  if (protocol === 'http:' && !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)) {
    out.note('Warning: without https, whoever is on the way reads the credential.')
  }
}
