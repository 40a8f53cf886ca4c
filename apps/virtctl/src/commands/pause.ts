import type { Command } from 'commander';
import type { Session } from '../session.ts';
import { freezeCpusCommand } from './freeze-cpus.ts';

/** `virtctl pause (vm|vmi) NAME` */
export function pauseCommand(session: Session): Command {
  return freezeCpusCommand(session, {
    name: 'pause',
    summary: 'Stop the CPUs of a running machine',
    gerund: 'pausing',
  });
}
