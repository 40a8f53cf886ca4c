import { Option, type Command } from 'commander';
import { VirtctlError } from '../errors.ts';

/** Flags that every command accepts, before or after its name. */
export interface GlobalFlags {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: string;
  readonly server?: string;
  readonly token?: string;
  readonly certificateAuthority?: string;
  readonly clientCertificate?: string;
  readonly clientKey?: string;
  readonly tlsServerName?: string;
  readonly insecureSkipTlsVerify?: boolean;
  /** Not offered as a client setting; some commands have a flag of this name for a user of the guest. */
  readonly user?: string;
  /** 0 to 10. */
  readonly v: number;
}

/** Client settings of Kubernetes that are known and not offered; using one with a command that connects is refused. */
const refused: readonly { readonly flags: string; readonly attribute: string }[] = [
  { flags: '--cluster <name>', attribute: 'cluster' },
  { flags: '--user <name>', attribute: 'user' },
  { flags: '--as <user>', attribute: 'as' },
  { flags: '--as-group <group>', attribute: 'asGroup' },
  { flags: '--as-uid <uid>', attribute: 'asUid' },
  { flags: '--request-timeout <duration>', attribute: 'requestTimeout' },
  { flags: '--disable-compression', attribute: 'disableCompression' },
  { flags: '--proxy-url <url>', attribute: 'proxyUrl' },
];

/** Adds the global flags to the program. */
export function addGlobalFlags(program: Command): void {
  const options = [
    new Option('--kubeconfig <file>', 'kubeconfig file (default: $KUBECONFIG, ~/.kube/config, in-cluster)'),
    new Option('--context <name>', 'context of the kubeconfig'),
    new Option('-n, --namespace <name>', 'namespace (default: that of the context)'),
    new Option('-s, --server <url>', 'address of the API server'),
    new Option('--token <token>', 'bearer token'),
    new Option('--certificate-authority <file>', 'certificate authority of the API server'),
    new Option('--client-certificate <file>', 'client certificate; needs --client-key'),
    new Option('--client-key <file>', 'key of the client certificate'),
    new Option('--tls-server-name <name>', "name to expect in the API server's certificate"),
    new Option('--insecure-skip-tls-verify', "do not verify the API server's certificate"),
    new Option('-v, --v <level>', 'verbosity, 0 to 10; from 4 on errors come with their causes')
      .default(0)
      .argParser(parseVerbosity),
    ...refused.map(({ flags }) => new Option(flags, 'not available').hideHelp()),
  ];
  for (const option of options) program.addOption(option.helpGroup('Global flags:'));
}

function parseVerbosity(text: string): number {
  if (/^([0-9]|10)$/.test(text)) return Number(text);
  throw new VirtctlError('usage', `invalid argument "${text}" for "-v, --v": it is a number from 0 to 10`);
}

/** The values of the global flags of the program that `command` belongs to. */
export function globalFlagsOf(command: Command): GlobalFlags {
  return command.optsWithGlobals<GlobalFlags>();
}

/**
 * @param command whose own flags of these names mean something else
 * @throws VirtctlError `not-available` when a client setting was given that virtctl does not offer
 */
export function refuseUnavailableFlags(program: Command, command: Command): void {
  const own = new Set(command.options.map((option) => option.attributeName()));
  for (const { flags, attribute } of refused) {
    if (own.has(attribute) || program.getOptionValueSource(attribute) === undefined) continue;
    throw new VirtctlError(
      'not-available',
      `flag ${flags.split(' ')[0] ?? flags} is not available in Virtkit`,
      {
        nextStep: 'set this in a kubeconfig where it has a place there, and name that with --kubeconfig',
      },
    );
  }
}
