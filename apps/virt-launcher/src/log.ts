/** One thing that happened, with what belongs to it. */
export type Log = (
  level: 'info' | 'warn' | 'error',
  message: string,
  details?: Record<string, unknown>,
) => void;

const longestLine = 16_384;

/** A log of JSON lines, each with the time and the key of the VirtualMachineInstance. */
export function createLog(
  write: (line: string) => void,
  vmi: { namespace: string; name: string; uid: string },
): Log {
  return (level, message, details = {}) => {
    const line = {
      time: new Date().toISOString(),
      level,
      message,
      vmi: `${vmi.namespace}/${vmi.name}`,
      uid: vmi.uid,
    };
    const text = JSON.stringify({ ...line, ...details });
    // What is too long comes from outside (a tool's output, a guest): the event stays, the details go.
    write(`${text.length <= longestLine ? text : JSON.stringify({ ...line, truncated: text.length })}\n`);
  };
}

/** An error as log details: its classification and the chain of its causes. */
export function errorDetails(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { error: String(error) };
  const { name, message, cause } = error;
  return {
    error: { name, message, ...('code' in error && { code: error.code }) },
    ...(cause !== undefined && { cause: errorDetails(cause) }),
  };
}
