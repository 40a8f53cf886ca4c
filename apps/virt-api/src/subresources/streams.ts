import { ApiServerError } from '@virtkit/apiserver';
import type { VirtualMachineInstance } from '@virtkit/core-types';
import {
  consoleProblem,
  displayProblem,
  usbRedirectionProblem,
  vsockProblem,
  type Problem,
} from './instance-state.ts';
import { notCarried } from './route.ts';

/** A stream of bytes of an instance's device. */
export interface StreamKind {
  /** Why the instance does not have it now. */
  problem(instance: VirtualMachineInstance): Problem;
  /** What the node agent is asked beside the path. @throws ApiServerError when no node agent has this stream */
  query(asked: URLSearchParams): URLSearchParams;
}

const truths = ['1', 't', 'T', 'TRUE', 'true', 'True'];

/** Streams by name (KubeVirt subresources, streaming). */
export const streamKinds: ReadonlyMap<string, StreamKind> = new Map<string, StreamKind>([
  ['console', { problem: consoleProblem, query: () => new URLSearchParams() }],
  [
    'vnc',
    {
      problem: displayProblem,
      query: (asked) => {
        const preserve = truths.includes(asked.get('preserveSession') ?? '');
        return new URLSearchParams({ preserveSession: String(preserve) });
      },
    },
  ],
  ['usbredir', { problem: usbRedirectionProblem, query: () => new URLSearchParams() }],
  [
    'vsock',
    {
      problem: vsockProblem,
      query: (asked) => {
        vsockQuery(asked);
        throw notCarried('a connection to a port of a VSOCK device');
      },
    },
  ],
]);

const largestPort = 2 ** 32 - 1;

/** The port, which is needed, and whether the connection is encrypted, which it is unless said otherwise. */
export function vsockQuery(asked: URLSearchParams): URLSearchParams {
  const port = asked.get('port') ?? '';
  if (!/^\d{1,10}$/.test(port) || Number(port) > largestPort)
    throw new ApiServerError('BadRequest', `"${port}" is not a port of a VSOCK device`);
  return new URLSearchParams({ port, tls: asked.get('tls') ?? 'true' });
}
