import type { Pod } from '@virtkit/core-types';
import { computeContainer } from '../launcher-keys.ts';

/** An event says no more (Kubernetes: 1024 bytes). */
const longestMessage = 1000;
const encoder = new TextEncoder();
const bytesOf = (text: string): number => encoder.encode(text).length;

/**
 * How the launcher of a pod failed and what it said last, for an event: what is left of it when its pod, and with it its log, is
 * gone. The kubelet keeps the end of a failed container's log as its termination message. Undefined for a launcher that runs or
 * ended as it should.
 */
export function launcherFailure({ metadata, status }: Pod): string | undefined {
  const compute = status?.containerStatuses?.find(({ name }) => name === computeContainer);
  const { terminated } = compute?.state ?? {};
  if (terminated === undefined || terminated.exitCode === 0) return undefined;
  const { exitCode, reason, message = '' } = terminated;
  const how = reason === undefined || reason === 'Error' ? '' : ` (${reason})`;
  const words = lastWords(message);
  const end = `The launcher in pod ${metadata.name ?? ''} ended with exit code ${exitCode}${how}`;
  return fitting(words.length === 0 ? [`${end}.`] : [`${end}. It said last:`, ...words]);
}

/** The first line, and as many of the last ones as there is room for. */
function fitting([first = '', ...lines]: readonly string[]): string {
  const kept: string[] = [];
  let room = longestMessage - bytesOf(first);
  for (const line of lines.toReversed()) {
    const short = line.slice(0, 400);
    room -= bytesOf(short) + 1;
    if (room < 0) break;
    kept.unshift(short);
  }
  return [first, ...kept].join('\n');
}

/** Lines of a log as people read them; the first one may have lost its beginning. */
function lastWords(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map(plain);
}

/** An entry of the launcher's log in JSON as a sentence; any other line as it is. */
function plain(line: string): string {
  const entry = parsed(line);
  const said = entry?.['message'];
  if (typeof said !== 'string') return line;
  return [said, ...errorsOf(entry)].join(': ');
}

/** Messages of an error and of what caused it. */
function errorsOf(entry: Readonly<Record<string, unknown>> | undefined): string[] {
  if (entry === undefined) return [];
  const error = recordOf(entry['error']);
  const message = error?.['message'] ?? entry['error'];
  const cause = recordOf(entry['cause']);
  return [...(typeof message === 'string' ? [message] : []), ...errorsOf(cause)];
}

function parsed(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return recordOf(JSON.parse(line));
  } catch (error) {
    // A line that was cut is told as it is.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null ? { ...value } : undefined;
}
