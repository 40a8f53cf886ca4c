import { dirname } from 'node:path';
import type { RootFilesystem, SandboxMount, SandboxSpecification, SandboxUser } from './specification.ts';

/** What the host's root folder looks like, as far as a sandbox shows it. */
export interface HostLayout {
  /** Top-level links of a merged /usr: path to target, for example `/bin` to `usr/bin`. */
  readonly links: Readonly<Record<string, string>>;
  /** Top-level folders to show. */
  readonly folders: readonly string[];
}

/** Rights of the process that starts sandboxes. */
export interface SandboxRights {
  /** Root of the machine; otherwise a user namespace with a single user is made. */
  readonly root: boolean;
}

/** Descriptor on which bubblewrap reports; the shim opens it. */
const statusDescriptor = 3;

const idVariable = 'VIRTKIT_CONTAINER_ID';

/** Needed by `setpriv` until it has become the container's user. */
const setprivCapabilities = ['CAP_SETUID', 'CAP_SETGID', 'CAP_SETPCAP'];

/** The whole command line that becomes a container, without the shim. Pure. */
export function sandboxCommand(
  spec: SandboxSpecification,
  host: HostLayout,
  rights: SandboxRights,
): string[] {
  const changesUser = rights.root && !isPlainRoot(spec.user);
  return [
    ...(spec.networkNamespace === undefined ? [] : ['nsenter', `--net=${spec.networkNamespace}`]),
    'bwrap',
    '--json-status-fd',
    String(statusDescriptor),
    '--unshare-pid',
    '--unshare-ipc',
    '--unshare-uts',
    '--unshare-cgroup-try',
    '--hostname',
    spec.hostname,
    '--new-session',
    ...(rights.root
      ? []
      : ['--unshare-user', '--uid', String(spec.user.uid), '--gid', String(spec.user.gid)]),
    '--cap-drop',
    'ALL',
    ...capabilityArguments([...spec.user.capabilities, ...(changesUser ? setprivCapabilities : [])]),
    ...rootArguments(spec.rootFilesystem, host),
    ...mountArguments(spec.mounts),
    ...spec.devices.flatMap(({ source, destination }) => [
      ...parentArguments(destination),
      '--dev-bind',
      source,
      destination,
    ]),
    ...environmentArguments(spec),
    '--chdir',
    spec.workingDirectory,
    '--',
    ...(changesUser ? setprivCommand(spec.user) : []),
    ...spec.command,
  ];
}

/**
 * What the machine has, for programs that ask (libvirt starts no guest where it cannot count processors). Not the whole
 * of /sys: bubblewrap cannot mount one of the Pod's own, and the machine's shows the machine's network devices.
 */
const systemInformation = [
  ...['/sys', '/sys/devices', '/sys/kernel'].flatMap((path) => ['--perms', '0755', '--dir', path]),
  ...['/sys/devices/system', '/sys/kernel/mm'].flatMap((path) => ['--ro-bind-try', path, path]),
];

function isPlainRoot(user: SandboxUser): boolean {
  return user.uid === 0 && user.gid === 0 && user.supplementalGroups.length === 0;
}

function capabilityArguments(capabilities: readonly string[]): string[] {
  return [...new Set(capabilities)].flatMap((name) => ['--cap-add', name]);
}

/** Ambient capabilities survive the change of user and the start of the program; the bounding set ends what else there was. */
function setprivCommand(user: SandboxUser): string[] {
  const kept = [
    '-all',
    ...user.capabilities.map((name) => `+${name.slice('CAP_'.length).toLowerCase()}`),
  ].join(',');
  return [
    'setpriv',
    `--reuid=${user.uid}`,
    `--regid=${user.gid}`,
    user.supplementalGroups.length === 0 ? '--clear-groups' : `--groups=${user.supplementalGroups.join(',')}`,
    `--inh-caps=${kept}`,
    `--ambient-caps=${kept}`,
    `--bounding-set=${kept}`,
    '--',
  ];
}

function rootArguments(rootFilesystem: RootFilesystem, host: HostLayout): string[] {
  switch (rootFilesystem.type) {
    case 'host':
      return [
        ...host.folders.flatMap((folder) => ['--ro-bind', folder, folder]),
        ...Object.entries(host.links).flatMap(([path, target]) => ['--symlink', target, path]),
        ...['--proc', '/proc', '--dev', '/dev'],
        ...[
          '--perms',
          '1777',
          '--tmpfs',
          '/tmp',
          '--perms',
          '0755',
          '--tmpfs',
          '/run',
          '--perms',
          '0755',
          '--tmpfs',
          '/var',
        ],
        // Relative, so that it is resolved inside of the new root while mounts below /var/run are made.
        ...['--symlink', '../run', '/var/run'],
        ...[
          '--perms',
          '0755',
          '--dir',
          '/var/lib',
          '--perms',
          '0755',
          '--dir',
          '/var/log',
          '--perms',
          '0755',
          '--dir',
          '/var/cache',
        ],
        ...['--perms', '1777', '--dir', '/var/tmp'],
        // Where programs put the locks of devices, as in a Debian root folder.
        ...['--perms', '1777', '--dir', '/run/lock'],
        ...['--symlink', '../run/lock', '/var/lock'],
        ...systemInformation,
      ];
    case 'folder': {
      const { path, writableLayer } = rootFilesystem;
      const bind =
        writableLayer === undefined ? ['--ro-bind', path, '/'] : ['--bind', writableLayer.merged, '/'];
      return [...bind, '--proc', '/proc', '--dev', '/dev'];
    }
    default:
      return rootFilesystem satisfies never;
  }
}

/** Outer folders first, so that a mount never hides another one below it. */
function mountArguments(mounts: readonly SandboxMount[]): string[] {
  const depth = (mount: SandboxMount) => mount.destination.split('/').filter(Boolean).length;
  return [...mounts]
    .sort((a, b) => depth(a) - depth(b))
    .flatMap(({ source, destination, readOnly }) => [
      ...parentArguments(destination),
      readOnly ? '--ro-bind' : '--bind',
      source,
      destination,
    ]);
}

/** Bubblewrap makes missing parents with mode 0700, which other users than root cannot pass. */
function parentArguments(destination: string): string[] {
  const parents: string[] = [];
  for (let parent = dirname(destination); parent !== '/' && parent !== '.'; parent = dirname(parent))
    parents.unshift(parent);
  return parents.flatMap((parent) => (isProvided(parent) ? [] : ['--perms', '0755', '--dir', parent]));
}

/** Folders that are there in every sandbox. */
function isProvided(path: string): boolean {
  return ['/dev', '/etc', '/proc', '/run', '/tmp', '/usr', '/var', '/var/run'].includes(path);
}

function environmentArguments(spec: SandboxSpecification): string[] {
  return [
    '--clearenv',
    // Set and taken back: what counts is that the id stands among the arguments of the sandbox's processes.
    ...['--setenv', idVariable, spec.id, '--unsetenv', idVariable],
    ...Object.entries(spec.environment).flatMap(([name, value]) => ['--setenv', name, value]),
  ];
}
