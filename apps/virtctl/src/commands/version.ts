import { Option, type Command } from 'commander';
import { fetchServerVersion } from '../connection/server-version.ts';
import { versionStruct } from '../output/go-struct.ts';
import { printLine, type Session } from '../session.ts';
import { clientVersion } from '../version.ts';
import { createCommand } from './command.ts';
import { describing } from './lifecycle.ts';

/** `virtctl version` */
export function versionCommand(session: Session): Command {
  return createCommand<{ client?: boolean }>(
    {
      name: 'version',
      summary: 'Show the versions of this program and of the server',
      operands: '',
      count: { exactly: 0 },
      flags: [new Option('-c, --client', 'only the version of this program; needs no server')],
      async run({ flags, withClient }) {
        printLine(session, `Client Version: ${versionStruct(clientVersion)}`);
        if (flags.client === true) return;
        const server = await withClient((client) =>
          describing(
            (error) => `Error getting the version of the server: ${error.message}`,
            () => fetchServerVersion(client, session.interrupted),
          ),
        );
        printLine(session, `Server Version: ${versionStruct(server)}`);
      },
    },
    session,
  );
}
