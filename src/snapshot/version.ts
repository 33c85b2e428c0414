/** Of this program, as in package/package.json; in a file of its own so that nothing else is loaded for it. */
export const version = '0.1.0'
