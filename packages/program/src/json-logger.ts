import type { LogFields, Logger } from '@virtkit/controllers/runtime';

/** From chatty to grave; a logger leaves out what is below its level. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

/** Writes one JSON object per line: level, time, component, message and the fields of the call. */
export function jsonLogger(
  component: string,
  write: (line: string) => void,
  options: { level?: LogLevel } = {},
): Logger {
  const least = levels.indexOf(options.level ?? 'info');
  const at =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}) => {
      if (levels.indexOf(level) < least) return;
      write(
        `${JSON.stringify({ level, timestamp: new Date().toISOString(), component, msg: message, ...fields })}\n`,
      );
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
