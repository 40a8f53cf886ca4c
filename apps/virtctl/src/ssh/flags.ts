import { Option } from 'commander';
import { wholeNumber } from '../arguments/numbers.ts';

/** Flags that ssh and scp share. */
export interface SshFlags {
  readonly username?: string;
  readonly identityFile?: string;
  readonly knownHosts?: string;
  readonly port: number;
  readonly localSshOpts?: readonly string[];
}

/** New option values; commander does not share options between commands. */
export const sshFlags = (): Option[] => [
  new Option('-l, --username <user>', 'user of the guest (default: the local user)'),
  new Option('-i, --identity-file <file>', 'private key to use'),
  new Option('--known-hosts <file>', 'accepted for compatibility; the local ssh keeps its own'),
  new Option('-p, --port <port>', 'port of the guest').default(22).argParser(wholeNumber('port', 1, 65_535)),
  new Option('-t, --local-ssh-opts <option>', 'argument for the local program; may be repeated').argParser(
    (option: string, before: readonly string[] | undefined) => [...(before ?? []), option],
  ),
];
