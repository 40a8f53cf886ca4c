import { constants } from 'node:os';

/** The signals that end virtctl; SIGPIPE stands for a closed pipe, which Node does not signal. */
export type EndingSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'SIGPIPE';

/** The reason by which the program is told to stop. */
export class Interruption extends Error {
  override readonly name = 'Interruption';
  readonly signal: EndingSignal;

  constructor(signal: EndingSignal) {
    super(`interrupted by ${signal}`);
    this.signal = signal;
  }

  /** As shells report a program that a signal ended. */
  get exitCode(): number {
    return 128 + constants.signals[this.signal];
  }
}
