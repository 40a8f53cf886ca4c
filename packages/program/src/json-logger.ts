import type { LogFields, Logger } from '@virtkit/controllers/runtime';

/** From chatty to grave; a logger leaves out what is below its level. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

/**
 * Writes one JSON object per line: level, time, component, message and the fields of the call. The level may change while the
 * program runs; it is asked for with each line then.
 */
export function jsonLogger(
  component: string,
  write: (line: string) => void,
  options: { level?: LogLevel | (() => LogLevel) } = {},
): Logger {
  const { level: least = 'info' } = options;
  const at =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}) => {
      if (levels.indexOf(level) < levels.indexOf(typeof least === 'string' ? least : least())) return;
      write(
        `${JSON.stringify({ level, timestamp: new Date().toISOString(), component, msg: message, ...fields })}\n`,
      );
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** The level of a verbosity, the number that Kubernetes' programs take as `-v`: details from 4 on. */
export function levelOfVerbosity(verbosity: number): LogLevel {
  return verbosity >= 4 ? 'debug' : 'info';
}
