/** No drawer: the page alone. */
export default function NoDrawer() {
  return null
}
