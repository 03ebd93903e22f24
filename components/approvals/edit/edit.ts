/** What a reviewer makes of a call's params before approving. */
export type Edit = {
  /** JSON of all of them, whole numbers in full digits. */
  params: string
  /** So many values differ from those in force. */
  count: number
  /** Nothing that was typed is wrong by its form. */
  isSound: boolean
}
