export const objectExpected = 'A JSON object is expected, such as {"amount": 2400}.'
