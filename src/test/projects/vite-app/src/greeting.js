export const greeting = 'first greeting'
