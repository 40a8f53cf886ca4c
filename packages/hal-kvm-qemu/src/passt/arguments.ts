import type { Interface, InterfaceBackend } from '@virtkit/hal';

/** How packets of an interface reach passt, a process that makes them the traffic of its own sockets. */
export type PasstBackend = Extract<InterfaceBackend, { kind: 'passt' }>;

/** An interface with passt behind it. */
export type PasstInterface = Interface & { backend: PasstBackend };

export const isPasst = (nic: Interface): nic is PasstInterface => nic.backend.kind === 'passt';

/** Files of one passt. */
export interface PasstFiles {
  log: string;
  /** Written once it is ready. */
  pid: string;
}

/** Descriptor of the connection to QEMU. */
export const tapDescriptor = 3;

/**
 * passt's arguments. The guest gets the addresses, routes and resolvers of the process's own network. Pure.
 *
 * The gateway's address stays the gateway's: without that passt makes it this side's loopback, and whatever listens there only would
 * be open to the guest.
 */
export function passtArguments({ backend, mtu }: PasstInterface, files: PasstFiles): string[] {
  return [
    '--foreground',
    ...['--fd', String(tapDescriptor)],
    ...['--interface', backend.device],
    '--no-map-gw',
    ...(mtu === undefined ? [] : ['--mtu', String(mtu)]),
    ...['--log-file', files.log],
    ...['--pid', files.pid],
    ...backend.forwards.flatMap(({ protocol, ranges }) =>
      specifiers(ranges).flatMap((specifier) => [`--${protocol}-ports`, specifier]),
    ),
  ];
}

type Range = PasstBackend['forwards'][number]['ranges'][number];

/** Each range for itself, so that one that is taken is an error; what is left out belongs to the whole. */
function specifiers(ranges: readonly Range[]): string[] {
  if (ranges.length === 0) return ['all'];
  const texts = ranges.map(
    ({ start, end = start, exclude }) => `${exclude ? '~' : ''}${start}${end === start ? '' : `-${end}`}`,
  );
  return ranges.some(({ exclude }) => exclude) ? [texts.join(',')] : [...new Set(texts)];
}
