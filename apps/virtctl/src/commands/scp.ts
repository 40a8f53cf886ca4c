import { Option, type Command } from 'commander';
import { VirtctlError } from '../errors.ts';
import { runLocalProgram } from '../local-program.ts';
import type { Session } from '../session.ts';
import { sshFlags, type SshFlags } from '../ssh/flags.ts';
import { proxyCommand } from '../ssh/proxy-command.ts';
import { hostOf, namespaceOf, parseRemote, type Remote } from '../ssh/remote.ts';
import { createCommand } from './command.ts';

interface ScpFlags extends SshFlags {
  readonly recursive?: boolean;
  readonly preserve?: boolean;
}

/** `virtctl scp SOURCE DESTINATION`, through the scp of this machine. */
export function scpCommand(session: Session): Command {
  return createCommand<ScpFlags>(
    {
      name: 'scp',
      summary: 'Copy files from or to a machine with the local scp',
      operands: 'SOURCE DESTINATION',
      count: { exactly: 2 },
      flags: [
        ...sshFlags(),
        new Option('-r, --recursive', 'copy folders with what is in them'),
        new Option('--preserve', 'keep times and modes'),
      ],
      examples: [
        'virtctl scp page.html debian@vmi/web:/var/www/',
        'virtctl scp -r debian@vm/web/shop:/etc ./etc',
      ],
      async run({ operands: [source = '', destination = ''], flags, globals, withClient }) {
        const copy = parseCopy(source, destination);
        const namespace = await withClient(async (client) => namespaceOf(copy.remote, client));
        const user = copy.remote.user ?? flags.username ?? session.environment.user;
        const host = hostOf(copy.remote, namespace);
        const place = `${user === undefined ? '' : `${user}@`}${host}:${copy.path}`;
        await runLocalProgram(
          'scp',
          [
            '-o',
            `ProxyCommand=${proxyCommand(session, globals, copy.remote, namespace, flags.port)}`,
            ...(flags.localSshOpts ?? []),
            ...(flags.identityFile === undefined ? [] : ['-i', flags.identityFile]),
            ...(flags.recursive === true ? ['-r'] : []),
            ...(flags.preserve === true ? ['-p'] : []),
            ...(copy.upload ? [source, place] : [place, destination]),
          ],
          { signal: session.interrupted, package: 'openssh-client' },
        );
      },
    },
    session,
  );
}

interface Copy {
  readonly remote: Remote;
  /** Path in the guest; empty is the home folder. */
  readonly path: string;
  /** Whether the guest is the destination. */
  readonly upload: boolean;
}

function parseCopy(source: string, destination: string): Copy {
  const upload = destination.includes(':');
  if (upload === source.includes(':')) {
    throw new VirtctlError('usage', 'exactly one of source and destination must be in a machine', {
      nextStep: 'write that side as [USER@]vmi/NAME:PATH',
    });
  }
  const side = upload ? destination : source;
  const colon = side.indexOf(':');
  return { remote: parseRemote(side.slice(0, colon)), path: side.slice(colon + 1), upload };
}
