export { version } from './snapshot/version.ts'
