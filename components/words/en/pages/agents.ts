export const agent = 'Agent'
export const loadingTheAgent = 'Loading the agent'
export const noSuchAgent = 'No such agent'
export const namesAreToldApart =
  'No agent of this name is deployed in this project. Names are told apart exactly; see Agents for those there are.'
export const agents = 'Agents'
export const whatAgentsAre = 'Which tools of which agent are gated, and on what conditions.'
export const loadingAgents = 'Loading agents'
export const deployAnAgent = 'Deploy an agent'
export const judgedByThisFile = 'From then on its calls are judged by this file.'
export const deployingNeedsAdmin =
  'Deploying needs the role admin in this project. You can read what is deployed and try calls.'
export const furtherAgents = 'Further agents'
export const noneInAnArchive = 'This project is archived: no agent can be deployed in it.'
