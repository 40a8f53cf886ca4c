import { Option, type Command } from 'commander';
import { runLocalProgram } from '../local-program.ts';
import type { Session } from '../session.ts';
import { sshFlags, type SshFlags } from '../ssh/flags.ts';
import { proxyCommand } from '../ssh/proxy-command.ts';
import { hostOf, namespaceOf, parseRemote } from '../ssh/remote.ts';
import { createCommand } from './command.ts';

/** `virtctl ssh [USER@]TYPE/NAME[/NAMESPACE]`, through the ssh of this machine. */
export function sshCommand(session: Session): Command {
  return createCommand<SshFlags & { command?: string }>(
    {
      name: 'ssh',
      summary: 'Log in to a machine with the local ssh',
      operands: '[USER@]TYPE/NAME[/NAMESPACE]',
      count: { exactly: 1 },
      flags: [
        ...sshFlags(),
        new Option('-c, --command <command>', 'command to run instead of a login shell'),
      ],
      examples: ['virtctl ssh debian@vmi/web', "virtctl ssh debian@vm/web/shop -c 'uptime'"],
      async run({ operands: [text = ''], flags, globals, withClient }) {
        const remote = parseRemote(text);
        const namespace = await withClient(async (client) => namespaceOf(remote, client));
        const user = remote.user ?? flags.username ?? session.environment.user;
        const host = hostOf(remote, namespace);
        await runLocalProgram(
          'ssh',
          [
            '-o',
            `ProxyCommand=${proxyCommand(session, globals, remote, namespace, flags.port)}`,
            ...(flags.localSshOpts ?? []),
            ...(flags.identityFile === undefined ? [] : ['-i', flags.identityFile]),
            user === undefined ? host : `${user}@${host}`,
            ...(flags.command === undefined ? [] : [flags.command]),
          ],
          { signal: session.interrupted, package: 'openssh-client' },
        );
      },
    },
    session,
  );
}
