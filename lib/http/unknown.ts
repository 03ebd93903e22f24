import { AppError, notFound } from '@/lib/errors'
import { openRoute } from './route'

/** For addresses under `/api` that are nobody's. */
export const nothingHere = openRoute(async () => {
  throw notFound()
})

/** For addresses with a percent-encoding that is none. */
export const malformedAddress = openRoute(async () => {
  throw new AppError('invalid_id', 'The address holds a broken percent-encoding.')
})
