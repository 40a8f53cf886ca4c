/** What all long-running programs share. */
export {
  connectionFlags,
  connectionHelp,
  connectionOptions,
  type ConnectionValues,
} from './connection-flags.ts';
export { jsonLogger, type LogLevel } from './json-logger.ts';
export { stopSignal } from './stop-signal.ts';
