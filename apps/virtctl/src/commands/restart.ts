import type { Command } from 'commander';
import type { Session } from '../session.ts';
import { stoppingCommand } from './stopping.ts';

/** `virtctl restart VM` */
export function restartCommand(session: Session): Command {
  return stoppingCommand('restart', { summary: 'Restart a virtual machine', doing: 'restarting' }, session);
}
