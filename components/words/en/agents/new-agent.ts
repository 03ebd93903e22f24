export const tryACall = 'Try a call'
export const triedAgainstTheText = 'Against the text as it stands; stores nothing.'
