import { afterAll, beforeAll, beforeEach } from 'vitest'
import { makeAgents, type Agents } from './agent'
import { startRest, type Rest } from './rest'

/** A server for the tests of a file, and for each test agents in a project of their own. */
export function eachWithAgents(give: (given: { rest: Rest; agents: Agents }) => void): void {
  let rest: Rest
  beforeAll(async () => {
    rest = await startRest()
  })
  afterAll(() => rest.close())
  beforeEach(async () => give({ rest, agents: await makeAgents(rest) }))
}
