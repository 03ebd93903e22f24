export const judgedFromThenOn =
  'From then on every new call is judged by it. What is held already stays as it was asked for.'
export const changes = 'Changes'
export const changesToTheOneInForce = 'Changes to the version in force'
export const asUnderstood = 'As understood'
export const asTheGateUnderstands = 'As the gate will understand it'
