/**
 * Why the program cannot start or go on. Its message is one or more plain sentences for the person at the
 * terminal: what is wrong and how to mend it. The launchers print it without a stack trace and exit 1.
 */
export class StartError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'StartError'
  }
}

const meaningOfCode: Record<string, string> = {
  EACCES: 'this user may not write there. Give it to this user, or choose another folder',
  EPERM: 'this user may not write there. Give it to this user, or choose another folder',
  EROFS: 'the disk is read-only. Choose another folder',
  ENOSPC: 'the disk is full. Free some space, or choose another folder',
  EDQUOT: 'the disk quota is used up. Free some space, or choose another folder',
  ENOTDIR: 'a part of this path is a file, not a folder. Choose another folder',
  EEXIST: 'it is a file, not a folder. Choose another folder',
  ELOOP: 'its symbolic links go round in a circle. Choose another folder',
  ENAMETOOLONG: 'the path is too long. Choose another folder',
}

/**
 * A file system's refusal in the folder of `DATA_DIR` as a `StartError`; a `StartError` comes back as it is,
 * and what is not a known refusal is returned unchanged, because it is a mistake of ours.
 */
export function explainRefusal(error: unknown, folder: string): unknown {
  if (!(error instanceof Error) || error instanceof StartError) return error
  const code = (error as NodeJS.ErrnoException).code ?? ''
  const nowhere = code === 'ENOENT' && (error as NodeJS.ErrnoException).syscall === 'mkdir'
  const meaning = nowhere ? 'no folder can be made there. Choose another folder' : meaningOfCode[code]
  if (meaning === undefined) return error
  return new StartError(`DATA_DIR ${folder} cannot be used: ${meaning} with DATA_DIR.`, error)
}
