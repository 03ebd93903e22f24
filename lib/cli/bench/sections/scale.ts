import { callsOf, withConnection, type Calls } from '../calls'
import { target } from '../figure'
import { addHistory, words } from '../history'
import { requestText, type HttpConnection } from '../http-connection'
import { expectStatus, runLoad } from '../load'
import { makeProject, gatedTool, type BenchProject } from '../project'
import { settle, type Run } from '../run'
import { median } from '../statistics'

/** How many are pending, whatever number there is in all. */
const pending = 20
const warmRequests = 5
const mostRequests = 300

type Reading = { name: string; request: string; holds: RegExp; hasTarget: boolean }

/** Reading lists, searches and pages while a project grows. */
export async function measureScale(run: Run): Promise<void> {
  const project = await makeProject(run.place.served, 'Scale')
  const calls = callsOf(project)
  const { template, waiting } = await withConnection(run.server.port, (connection) =>
    makePast(calls, connection),
  )
  if ((await settle(run)) === undefined) await settle(run)
  const readings = readingsOf(project, waiting)
  const live = requestText('GET', '/api/health/live')
  const still = await readOften(run, live, /live/, run.size.seconds)
  const first = new Map<string, number>()
  let already = 0
  for (const level of run.size.scale) {
    run.say(`scale: filling up to ${level.toLocaleString('en-US')} approvals`)
    await addHistory(run, project.id, template, already, level - already - (already === 0 ? pending : 0))
    // the first numbers must not be those of code that has just begun to run
    if (already === 0) await readAll(run, readings, { rounds: 1, seconds: run.size.seconds })
    already = level
    const rounds = await readAll(run, readings, { rounds: run.size.rounds, seconds: run.size.seconds / 2 })
    for (const [at, { name, hasTarget }] of readings.entries()) {
      const values = rounds.map((round) => round[at] ?? Number.NaN)
      const value = median(values)
      if (!first.has(name)) first.set(name, value)
      const of = value / (first.get(name) ?? Number.NaN)
      run.add({
        section: 'scale',
        name: `${name}, ${level.toLocaleString('en-US')}`,
        ...{ value, unit: 'ms', rounds: values, ofStatic: value / still },
        ...(hasTarget && level === run.size.scale.at(-1)
          ? { target: target(of, 'atMost', 2, 'of 100') }
          : {}),
      })
    }
    const name = `memory with ${level.toLocaleString('en-US')}`
    run.add({ section: 'scale', name, value: run.server.memoryMb(), unit: 'MB' })
  }
}

/** Some that are pending, and one that has gone its whole way. */
async function makePast(calls: Calls, connection: HttpConnection) {
  const id = await calls.askGated(connection)
  await calls.decide(connection, id)
  const call = await calls.claim(connection, id)
  await calls.recordResult(connection, call)
  await calls.finishRun(connection, call.run_id)
  for (let made = 2; made < pending; made++) await calls.askGated(connection)
  return { template: id, waiting: await calls.askGated(connection) }
}

function readingsOf(
  { slug, agentToken: token, ownerCookie: cookie }: BenchProject,
  waiting: string,
): Reading[] {
  const api = (path: string) => requestText('GET', path, { token })
  const page = (path: string) => requestText('GET', `/${slug}/${path}`, { cookie })
  const list = '/api/approvals?limit=50'
  const full = /"next_cursor":"/
  return [
    {
      name: 'Approvals page',
      request: page('approvals'),
      holds: /process_refund.*<\/html>/s,
      hasTarget: true,
    },
    { name: 'list', request: api(list), holds: full, hasTarget: true },
    {
      name: 'context of one',
      request: api(`/api/approvals/${waiting}/context`),
      holds: /"lately":\[\{/,
      hasTarget: false,
    },
    {
      name: 'list of one tool',
      request: api(`${list}&tool=${gatedTool}`),
      holds: /"status":"approved"/,
      hasTarget: true,
    },
    {
      name: 'search, one old match',
      request: api(`${list}&q=${words.rare}`),
      holds: new RegExp(`"items":\\[\\{[^]*${words.rare}[^]*"next_cursor":null`),
      hasTarget: true,
    },
    { name: 'search, all match', request: api(`${list}&q=${words.common}`), holds: full, hasTarget: true },
    {
      name: 'search, no match',
      request: api(`${list}&q=${words.missing}`),
      holds: /"items":\[\]/,
      hasTarget: true,
    },
    { name: 'audit page', request: page('audit'), holds: /approval\.claimed.*<\/html>/s, hasTarget: true },
    { name: 'audit list', request: api('/api/audit?limit=50'), holds: full, hasTarget: true },
  ]
}

/** @returns for each round the median milliseconds of each reading */
async function readAll(
  run: Run,
  readings: Reading[],
  { rounds: count, seconds }: { rounds: number; seconds: number },
): Promise<number[][]> {
  const rounds: number[][] = []
  while (rounds.length < count) {
    const round: number[] = []
    for (const { request, holds } of readings) round.push(await readOften(run, request, holds, seconds))
    rounds.push(round)
  }
  return rounds
}

/** One request after the other; each answer must hold what it is read for. */
function readOften({ server }: Run, request: string, holds: RegExp, seconds: number): Promise<number> {
  return withConnection(server.port, async (connection) => {
    const read = async () => {
      const { body } = expectStatus(await connection.send(request), 200, request.split('\r\n', 1)[0] ?? '')
      if (!holds.test(body)) throw new Error(`This was not in the answer: ${holds}\n${body.slice(0, 600)}`)
    }
    await runLoad([connection], read, { count: warmRequests })
    return median((await runLoad([connection], read, { seconds, count: mostRequests })).latencies)
  })
}
