export const name = 'Name'
export const auditsEveryRun = 'The audit log tells of every run'
export const areSaved = 'The project’s settings are saved.'
export const nameHint = (path: string) => `The address of its pages stays ${path}.`
export const allowsOwn = 'People may decide on requests made on their own behalf'
export const allowsOwnHint = 'Off, a member cannot decide on a run that names them as its initiator.'
export const allowsOwnWarning =
  'With this on, one person can both start a sensitive call and approve it: nobody else needs to look.'
export const onlyPeopleDeploy = 'Only people deploy policies'
export const onlyPeopleDeployHint =
  'On, every deploy with an agent key is refused, whatever its scopes; admins deploy on the Agents page or with their personal tokens. Off, a key with the scope deploy may.'
export const auditsEveryRunHint =
  'An entry more where a run begins and where it ends, beside those of its approvals.'
export const breaksGlass = 'Owners and admins may break the glass'
export const saveSettings = 'Save settings'
export const breaksGlassHint =
  'On, they may approve against what a policy demands of who decides, with a reason; everybody who may decide is told at once. Never while the agent is paused.'
export const onlyOwnersChangeThis = 'Only owners change this.'
