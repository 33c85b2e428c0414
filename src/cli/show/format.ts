/** The front's one door to numbers, sizes, spans and times; they live in `message/`, where sentences need them too. */
export { ago, bytes, dateTime, duration, number, percent } from '../../message/format.ts'
