/** Facts that go with a log line; values must be plain data. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Where the runtime reports what it does; the program decides the format. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** Discards everything; for callers that observe in another way. */
export const silentLogger: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
