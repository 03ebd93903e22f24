import { sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { users } from '@/db/schema/identity'
import { AppError } from '@/lib/errors'
import { insertOwnedProject } from './create-project'
import { asActor, findOrCreatePerson } from './person'
import type { SetUpInput } from './schemas'
import { projectOf } from './wire'

const setUpLock = 7_340_217

/** Whether nobody is known yet, so that the first-run page is open. */
export async function isFirstRun(db: Pick<Database, 'select'>): Promise<boolean> {
  const [anybody] = await db.select({ id: users.id }).from(users).limit(1)
  return anybody === undefined
}

/**
 * Makes the first owner with the first project, once in the life of a database, whatever number try at a
 * time.
 * @throws AppError `conflict` where somebody is known already
 */
export async function setUp(db: Database, input: SetUpInput) {
  return db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${setUpLock})`)
    if (!(await isFirstRun(tx)))
      throw new AppError('conflict', 'Holdpoint is set up already. Sign in instead.')
    const user = await findOrCreatePerson(tx, { email: input.email, name: input.name, isVouchedFor: true })
    const actor = asActor(user, 'owner')
    const project = await insertOwnedProject(tx, { name: input.projectName }, user, { actor })
    return { user: { id: user.id, email: user.email, name: user.name }, project: projectOf(project) }
  })
}
