import type { Readable, Writable } from 'node:stream';

/** Standard input; a terminal has `setRawMode`. */
export interface SessionInput extends Readable {
  readonly isTTY?: boolean | undefined;
  setRawMode?(raw: boolean): unknown;
}

/** The part of the environment that virtctl reads. Absent variables are undefined. */
export interface Environment {
  /** `KUBECONFIG`. */
  readonly kubeconfig: string | undefined;
  /** Home folder of the user. */
  readonly home: string;
  /** Name of the local user: `USER`, `USERNAME` or `LOGNAME`. */
  readonly user: string | undefined;
  /** `PATH`. */
  readonly path: string | undefined;
  /** Whether this process runs in a Pod (`KUBERNETES_SERVICE_HOST`). */
  readonly inPod: boolean;
}

/** Everything that a command gets from outside of itself. */
export interface Session {
  readonly input: SessionInput;
  /** Results. */
  readonly output: Writable;
  /** Messages and errors. */
  readonly diagnostics: Writable;
  readonly environment: Environment;
  /** Aborts on SIGINT, SIGTERM and SIGHUP. Commands that run until then end normally; others are cut off. */
  readonly interrupted: AbortSignal;
  /** The command line that starts this program again, without arguments of its own. */
  readonly self: readonly string[];
}

/** Writes one line of result. */
export function printLine(session: Session, line: string): void {
  session.output.write(`${line}\n`);
}

/** Writes one line for the person at the terminal, apart from results. */
export function note(session: Session, line: string): void {
  session.diagnostics.write(`${line}\n`);
}
