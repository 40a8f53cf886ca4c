import { stopSignal } from '@virtkit/program';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { writeHelmChart } from './helm-chart.ts';
import { install } from './install.ts';
import { logs } from './logs.ts';
import { manifests, type ReleaseFlags, type ReleasePart } from './manifests.ts';
import { uninstall } from './uninstall.ts';

function seconds(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('a number of seconds is needed');
  return value;
}

function lines(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError('a number of lines is needed');
  return value;
}

interface LogsFlags {
  kubeconfig?: string;
  context?: string;
  namespace?: string;
  previous?: boolean;
  pod?: string;
  list?: boolean;
  json?: boolean;
  follow?: boolean;
  tail?: number;
}

/** Adds what works on a cluster of somebody else's. */
export function addClusterCommands(
  program: Command,
  {
    print,
    write,
    warn,
    kubeconfig,
    ownKubeconfig,
  }: {
    print: (line: string) => void;
    write: (text: string) => void;
    warn: (text: string) => void;
    kubeconfig?: string | undefined;
    /** Of the platform of this machine; undefined where there is none. */
    ownKubeconfig: () => string | undefined;
  },
): void {
  withReleaseOptions(
    program
      .command('manifests')
      .description('print what installs the platform on a cluster, for kubectl')
      .addOption(
        new Option('--part <part>', 'the operator, or the KubeVirt object that tells it what to install')
          .choices(['operator', 'kubevirt', 'all'])
          .default('all'),
      )
      .option('--helm <folder>', 'write a Helm chart there instead; registry and tag are values of it'),
  ).action(async ({ part, helm, ...flags }: ReleaseFlags & { part: ReleasePart; helm?: string }) => {
    if (helm === undefined) return print(manifests(part, flags));
    await writeHelmChart(helm);
    return print(`${helm} is a chart: helm install virtkit ${helm} --namespace kubevirt --create-namespace`);
  });

  withClusterOptions(
    withReleaseOptions(program.command('install').description('install the platform on a cluster')),
  )
    .option('--wait', 'return when everything runs')
    .action(({ timeout, ...flags }: ReleaseFlags & { timeout: number; wait?: boolean }) =>
      install({ kubeconfig, ...flags, timeoutSeconds: timeout, print }),
    );

  withClusterOptions(program.command('uninstall').description('remove the platform from a cluster'))
    .option('--namespace <name>', 'where it is installed (default: kubevirt)')
    .option('--remove-workloads', 'remove virtual machines and instances too')
    .action(({ timeout, ...flags }: ReleaseFlags & { timeout: number; removeWorkloads?: boolean }) =>
      uninstall({ kubeconfig, ...flags, timeoutSeconds: timeout, print }),
    );

  program
    .command('logs <machine>')
    .description('print what the launcher of a machine wrote, also of one that failed and is gone')
    .option('-n, --namespace <name>', "the machine's (default: that of the kubeconfig)")
    .option('-p, --previous', 'of the launcher that failed last')
    .option('--pod <name>', 'of the launcher in the Pod of this name or UID')
    .option('--list', 'tell of which failed launchers there are logs')
    .option('--json', 'print the list as JSON')
    .option('-f, --follow', 'go on while the launcher writes')
    .option('--tail <lines>', 'so many lines from the end', lines)
    .option(
      '--kubeconfig <file>',
      'how to reach the cluster (default: the platform of this machine, or ~/.kube/config)',
    )
    .option('--context <name>', 'context of the kubeconfig')
    .action((name: string, flags: LogsFlags) =>
      logs(
        { kubeconfig: kubeconfig ?? ownKubeconfig(), ...flags, name, print, write, warn },
        stopSignal({ supervised: false }),
      ),
    );
}

function withReleaseOptions(command: Command): Command {
  return command
    .option('--registry <name>', 'registry of the images (default: virtkit.dev)')
    .option('--tag <tag>', 'tag of the images (default: the version of this program)')
    .option('--namespace <name>', 'where it is installed (default: kubevirt)')
    .addOption(
      new Option('--image-pull-policy <policy>', 'when images are pulled').choices([
        'Always',
        'IfNotPresent',
        'Never',
      ]),
    )
    .option('--image-pull-secret <name...>', 'Secrets of the namespace with credentials of the registry');
}

function withClusterOptions(command: Command): Command {
  return command
    .option('--kubeconfig <file>', 'how to reach the cluster (default: ~/.kube/config)')
    .option('--context <name>', 'context of the kubeconfig')
    .option('--timeout <seconds>', 'how long everything may take', seconds, 600);
}
