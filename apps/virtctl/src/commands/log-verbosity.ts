import type { JsonPatchOperation, KubeVirt, LogVerbosity } from '@virtkit/core-types';
import { Command, Option } from 'commander';
import { VirtctlError } from '../errors.ts';
import { note, printLine, type Session } from '../session.ts';
import { createCommand } from './command.ts';

/** Components by the names of their flags, and by what their levels are called in the configuration. */
const components = {
  'virt-api': 'virtAPI',
  'virt-controller': 'virtController',
  'virt-handler': 'virtHandler',
  'virt-launcher': 'virtLauncher',
  'virt-operator': 'virtOperator',
} as const satisfies Readonly<Record<string, keyof LogVerbosity>>;
type Component = keyof typeof components;
const names = Object.keys(components) as Component[];

/** KubeVirt: the level of a component that has none. */
const usualLevel = 2;
/** Stands for a flag without a value: the level is asked for. */
const show = 10;

interface Flags {
  readonly virtApi?: number;
  readonly virtController?: number;
  readonly virtHandler?: number;
  readonly virtLauncher?: number;
  readonly virtOperator?: number;
  readonly all?: number;
  readonly reset?: boolean;
}

/** `virtctl adm log-verbosity` */
export function administrationCommand(session: Session): Command {
  return new Command('adm')
    .summary('Administer the installation')
    .description('Administers the installation.')
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .addCommand(logVerbosityCommand(session));
}

function logVerbosityCommand(session: Session): Command {
  const command = createCommand<Flags>(
    {
      name: 'log-verbosity',
      summary: 'Show or set how much components write to their logs',
      operands: '',
      count: { exactly: 0 },
      flags: [
        ...names.map((name) => levelFlag(name, `level of ${name}; without a value it is shown`)),
        levelFlag('all', 'level of all components'),
        new Option('--reset', 'forget all levels that were set'),
      ],
      examples: ['virtctl adm log-verbosity --all', 'virtctl adm log-verbosity --virt-handler=5'],
      async run({ flags, withClient }) {
        const asked = askedLevels(flags);
        if (asked.size === 0 && flags.reset !== true) {
          note(session, command.helpInformation());
          throw new VirtctlError('usage', 'no flag specified - expecting at least one flag');
        }
        const shown = [...asked].filter(([, level]) => level === show).map(([component]) => component);
        if (shown.length > 0 && (shown.length < asked.size || flags.reset === true))
          throw new VirtctlError('usage', 'only show or set is allowed');
        await withClient(async (client) => {
          const { items } = await client.kubeVirts.list({ namespace: 'all', signal: session.interrupted });
          const [kubevirt, ...more] = items;
          if (kubevirt === undefined || more.length > 0)
            throw new VirtctlError(
              'request-failed',
              `${items.length} KubeVirt resources were found, one is needed`,
            );
          if (shown.length > 0) {
            for (const line of levelLines(kubevirt, shown)) printLine(session, line);
            return;
          }
          const { name = '', namespace } = kubevirt.metadata;
          const operations = changes(kubevirt, asked, flags.reset === true);
          await client.kubeVirts.patch(
            name,
            { type: 'json', operations },
            { ...(namespace !== undefined && { namespace }), signal: session.interrupted },
          );
          printLine(session, 'successfully set/reset the log verbosity');
        });
      },
    },
    session,
  );
  return command;
}

function levelFlag(name: string, description: string): Option {
  return new Option(`--${name} [level]`, `${description} (0 to 9)`).preset(String(show)).argParser((text) => {
    if (/^([0-9]|10)$/.test(text)) return Number(text);
    throw new VirtctlError('usage', `${name}: log verbosity must be 0-9`);
  });
}

/** What was asked for, by component; what is said of one counts more than what is said of all. */
function askedLevels(flags: Flags): Map<Component, number> {
  if (flags.all !== undefined && flags.reset === true)
    throw new VirtctlError('usage', '--all and --reset exclude each other');
  const own: Readonly<Record<Component, number | undefined>> = {
    'virt-api': flags.virtApi,
    'virt-controller': flags.virtController,
    'virt-handler': flags.virtHandler,
    'virt-launcher': flags.virtLauncher,
    'virt-operator': flags.virtOperator,
  };
  return new Map(
    names.flatMap((name): [Component, number][] => {
      const level = own[name] ?? flags.all;
      return level === undefined ? [] : [[name, level]];
    }),
  );
}

const levelsOf = ({ spec }: KubeVirt): LogVerbosity =>
  spec?.configuration?.developerConfiguration?.logVerbosity ?? {};

function levelLines(kubevirt: KubeVirt, shown: readonly Component[]): string[] {
  const levels = levelsOf(kubevirt);
  return shown.map((name) => `${name}=${levels[components[name]] || usualLevel}`).sort();
}

const developerConfiguration = '/spec/configuration/developerConfiguration';

/** The levels that were set stay, unless all are to be forgotten. */
function changes(
  kubevirt: KubeVirt,
  asked: ReadonlyMap<Component, number>,
  reset: boolean,
): JsonPatchOperation[] {
  const wanted = Object.fromEntries([...asked].map(([name, level]) => [components[name], level]));
  const value = { ...(reset ? {} : levelsOf(kubevirt)), ...wanted };
  const { spec } = kubevirt;
  const missing = [
    ...(spec === undefined ? ['/spec'] : []),
    ...(spec?.configuration === undefined ? ['/spec/configuration'] : []),
    ...(spec?.configuration?.developerConfiguration === undefined ? [developerConfiguration] : []),
  ];
  return [
    ...missing.map((path) => ({ op: 'add' as const, path, value: {} })),
    { op: 'add', path: `${developerConfiguration}/logVerbosity`, value },
  ];
}
