/** Facts that go with a log line; values must be plain data. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Where the runtime reports what it does; the program decides the format. */
export interface Logger {
  /** For whoever follows one pass step by step. */
  debug(message: string, fields?: LogFields): void;
  /** What happened as it should. */
  info(message: string, fields?: LogFields): void;
  /** What failed and is tried again. */
  warn(message: string, fields?: LogFields): void;
  /** What failed and needs somebody. */
  error(message: string, fields?: LogFields): void;
}

/** Discards everything; for callers that observe in another way. */
export const silentLogger: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** A logger that puts these facts into every line, under those of the line itself. */
export function withFields(logger: Logger, common: LogFields): Logger {
  const at =
    (level: keyof Logger) =>
    (message: string, fields: LogFields = {}) =>
      logger[level](message, { ...common, ...fields });
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
