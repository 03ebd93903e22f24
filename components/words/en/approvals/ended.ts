export const whatYouHadTyped = 'What you had typed'
export const copyWhatYouHadTyped = 'Copy what you had typed'
