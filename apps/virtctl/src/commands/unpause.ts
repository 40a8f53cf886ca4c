import type { Command } from 'commander';
import type { Session } from '../session.ts';
import { freezeCpusCommand } from './freeze-cpus.ts';

/** `virtctl unpause (vm|vmi) NAME` */
export function unpauseCommand(session: Session): Command {
  return freezeCpusCommand(session, {
    name: 'unpause',
    summary: 'Let the CPUs of a paused machine run again',
    gerund: 'unpausing',
  });
}
