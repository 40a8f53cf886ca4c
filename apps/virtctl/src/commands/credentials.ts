import type { JsonPatchOperation } from '@virtkit/core-types';
import { Command, Option } from 'commander';
import { required } from '../arguments/options.ts';
import { addKey, type AddKeyFlags } from '../credentials/add-key.ts';
import { keyFlags, keyText, type KeyFlags } from '../credentials/key-text.ts';
import {
  encoded,
  machineSecrets,
  ownedSecret,
  passwordSecretsOf,
  pointerTo,
} from '../credentials/machine-secrets.ts';
import { removeKey } from '../credentials/remove-key.ts';
import { VirtctlError } from '../errors.ts';
import { printLine, type Session } from '../session.ts';
import { createCommand } from './command.ts';

interface CommonFlags {
  readonly user?: string;
  readonly secret?: string;
  readonly force?: boolean;
}

/** `virtctl credentials add-ssh-key|remove-ssh-key|set-password VM` */
export function credentialsCommand(session: Session): Command {
  return new Command('credentials')
    .summary("Change keys and passwords of a guest's users")
    .description("Changes the Secrets with keys and passwords that a machine's guest agent is given.")
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .addCommand(addCommand(session))
    .addCommand(removeCommand(session))
    .addCommand(passwordCommand(session));
}

const commonFlags = (): Option[] => [
  required('-u, --user <name>', 'user of the guest'),
  new Option('--secret <name>', 'Secret to change (default: the first that fits)'),
  new Option('--force', "also when the Secret is not the machine's own"),
];

function requiredUser(user: string | undefined): string {
  if (user !== undefined && user !== '') return user;
  throw new VirtctlError('usage', 'required flag(s) "user" not set');
}

function addCommand(session: Session): Command {
  return createCommand<CommonFlags & KeyFlags & AddKeyFlags>(
    {
      name: 'add-ssh-key',
      summary: 'Give a user of the guest a public key',
      operands: 'VM',
      count: { exactly: 1 },
      flags: [
        ...commonFlags(),
        ...keyFlags(),
        new Option('--create-secret', 'put the key into a new Secret'),
        new Option('--update-secret', 'put the key into a Secret that is there'),
      ],
      examples: ['virtctl credentials add-ssh-key web --user debian --file ~/.ssh/id_ed25519.pub'],
      async run({ operands: [name = ''], flags, globals, withClient }) {
        const user = requiredUser(globals.user);
        const key = await keyText(flags);
        const added = await withClient(async (client) => {
          const owner = await machineSecrets(client, name, {
            signal: session.interrupted,
            force: flags.force === true,
          });
          return addKey(client, owner, { user, key }, flags);
        });
        switch (added.kind) {
          case 'present':
            return printLine(session, `Secret "${added.secret}" has the key already`);
          case 'created':
            return printLine(session, `Successfully created secret "${added.secret}" with the key`);
          case 'added':
            return printLine(session, `Successfully added the key to secret "${added.secret}"`);
        }
      },
    },
    session,
  );
}

function removeCommand(session: Session): Command {
  return createCommand<CommonFlags & KeyFlags>(
    {
      name: 'remove-ssh-key',
      summary: 'Take a public key from a user of the guest',
      operands: 'VM',
      count: { exactly: 1 },
      flags: [...commonFlags(), ...keyFlags()],
      async run({ operands: [name = ''], flags, globals, withClient }) {
        const user = requiredUser(globals.user);
        const key = await keyText(flags);
        const changed = await withClient(async (client) => {
          const owner = await machineSecrets(client, name, {
            signal: session.interrupted,
            force: flags.force === true,
          });
          return removeKey(owner, { user, key }, flags.secret);
        });
        if (changed.length === 0) printLine(session, `No secret of user ${user} has the key`);
        for (const secret of changed)
          printLine(session, `Successfully removed the key from secret "${secret}"`);
      },
    },
    session,
  );
}

function passwordCommand(session: Session): Command {
  return createCommand<CommonFlags & { readonly password?: string }>(
    {
      name: 'set-password',
      summary: 'Set the password of a user of the guest',
      operands: 'VM',
      count: { exactly: 1 },
      flags: [...commonFlags(), required('-p, --password <password>', 'the new password')],
      async run({ operands: [name = ''], flags, globals, withClient }) {
        const user = requiredUser(globals.user);
        const { password } = flags;
        if (password === undefined) throw new VirtctlError('usage', 'required flag(s) "password" not set');
        const secretName = await withClient(async (client) => {
          const { interrupted: signal } = session;
          const owner = await machineSecrets(client, name, { signal, force: flags.force === true });
          const known = passwordSecretsOf(owner.machine);
          const chosen = flags.secret === undefined ? known[0] : known.find((one) => one === flags.secret);
          if (chosen === undefined)
            throw new VirtctlError('request-failed', 'no secrets assigned to UserPassword AccessCredentials');
          const secret = await ownedSecret(owner, chosen);
          const operations: JsonPatchOperation[] = [
            ...(secret.data === undefined ? [{ op: 'add' as const, path: '/data', value: {} }] : []),
            { op: 'add', path: pointerTo('data', user), value: encoded(password) },
          ];
          await owner.secrets.patch(chosen, { type: 'json', operations }, { signal });
          return chosen;
        });
        printLine(session, `Successfully set password in secret "${secretName}"`);
      },
    },
    session,
  );
}
