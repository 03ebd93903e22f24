import { command, type Call } from './command'
import { cleanUrl, configPath, readConfig, writeConfig } from './config'
import { loginByConsole } from './device-login'
import { exit, Failure, wrongly } from './exit'
import { ask, readAll } from './prompt'
import { oneLine } from './printer'
import { patienceOf, Server } from './server'
import { meLines, readMe } from './whoami'

export const login = command({
  synopsis: ['login [URL] [--profile NAME]', 'login [URL] --token -'],
  about: [
    'Logs in to a Holdpoint: shows an address and a code. Who is signed in there compares the code and confirms; a personal token is made of it, which acts as that person. It is kept, with the address, in the configuration, which you alone can read.',
    'With --token - it keeps a credential that you have: a personal token, for what you do yourself, such as list, approve and deploy; or an agent key, for what an agent asks: run, work, hooks and the MCP proxy. A profile keeps one of each. It is read from stdin, or typed at the terminal, where it is not shown; it is never an argument, for those are seen by others and kept by the shell.',
    'The profile that is logged in to last is the one that is used where --profile does not say otherwise.',
  ],
  options: {
    token: { type: 'string', value: '-', about: 'Read a credential from stdin.' },
  },
  examples: [
    ['holdpoint login https://holdpoint.example.com', 'Shows an address to confirm at.'],
    ['holdpoint login https://holdpoint.example.com --token - < token.txt', 'In a script.'],
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
    warnOfPlainText(call, url)
    const credential = await readCredential(call, url)
    if (!/^hp[au]_\w+$/.test(credential)) {
      throw new Failure(exit.denied, 'That is neither a personal token (hpu_…) nor an agent key (hpa_…).')
    }
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

async function readCredential(call: Call<{ token: { type: 'string'; about: string } }>, url: string) {
  const { options, io, out } = call
  if (options.token !== undefined && options.token !== '-') {
    throw wrongly(
      'A credential is never an argument, where others see it. Pipe it: holdpoint login --token - < FILE',
    )
  }
  const isTerminal = io.stdin.isTTY
  if (options.token === undefined) {
    if (isTerminal) return loginByConsole(call, url)
    throw wrongly(
      'There is no terminal, so nobody may be there to confirm. Pipe a credential: holdpoint login --token - < FILE',
    )
  }
  if (!isTerminal) return (await readAll(io.stdin, io.signal)).trim()
  out.note(`An agent key is made in the console at ${url}, under Settings, Keys.`)
  return (await ask(io, 'Credential (it is not shown): ', { isSecret: true })).trim()
}

function warnOfPlainText({ out }: Pick<Call, 'out'>, url: string): void {
  const { protocol, hostname } = new URL(url)
  if (protocol === 'http:' && !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)) {
    out.note('Warning: without https, whoever is on the way reads the credential.')
  }
}
