import { StartError } from '@/lib/start-error'
import { ensureBuilt } from './build'

/** `npm run build`: builds the pages as `npm start` would, which then need not. */
ensureBuilt((line) => console.log(line)).catch((error: unknown) => {
  console.error(error instanceof StartError ? `${error.message}` : error)
  process.exit(1)
})
