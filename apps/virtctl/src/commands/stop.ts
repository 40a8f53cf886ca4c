import type { Command } from 'commander';
import type { Session } from '../session.ts';
import { stoppingCommand } from './stopping.ts';

/** `virtctl stop VM` */
export function stopCommand(session: Session): Command {
  return stoppingCommand('stop', { summary: 'Stop a virtual machine', doing: 'stopping' }, session);
}
