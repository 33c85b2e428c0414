import { styleText } from 'node:util'

/** Colours of the screen; `NO_COLOR` and a standard output that is no terminal turn them off. */
export const style = {
  good: (text: string) => styleText('green', text),
  warn: (text: string) => styleText('yellow', text),
  bad: (text: string) => styleText('red', text),
  strong: (text: string) => styleText('bold', text),
  faint: (text: string) => styleText('dim', text),
}
