export const places = [
  {
    part: 'approvals',
    name: 'Approvals',
    couldNotBeRead: 'The approvals could not be read',
    whatThatMeans:
      'This says nothing about whether requests are waiting. Nothing was decided; agents go on waiting until their deadlines.',
  },
  {
    part: 'runs',
    name: 'Runs',
    couldNotBeRead: 'The runs could not be read',
    whatThatMeans: 'Nothing is lost; agents go on as before.',
  },
  {
    part: 'agents',
    name: 'Agents',
    couldNotBeRead: 'The agents could not be read',
    whatThatMeans: 'This says nothing about which policies are in force; those that were deployed stay so.',
  },
  {
    part: 'audit',
    name: 'Audit',
    couldNotBeRead: 'The audit log could not be read',
    whatThatMeans: 'This says nothing about what is in it; entries are never lost or changed.',
  },
]
