import type { Input, Network, Probe } from '@virtkit/core-types';
import { inDomain, testInstanceSides, withDevices, type SpecParts } from '../../support/instance-sides.ts';

const tablet: Input = { name: 'tablet', type: 'tablet' };
const inputs = (...parts: Partial<Input>[]) =>
  withDevices({ inputs: parts.map((part) => ({ ...tablet, ...part })) });

testInstanceSides('inputs', [
  {
    id: 'VMI-037',
    refuses: inputs({}, { bus: 'ps2' }),
    accepts: inputs({}, { bus: '' }, { bus: 'usb' }, { bus: 'virtio' }),
    reason: 'I',
    fields: ['S.domain.devices.inputs[1].bus'],
  },
  {
    id: 'VMI-038',
    refuses: inputs({ type: 'keyboard' }, { type: '' }),
    accepts: inputs({ type: 'tablet' }),
    reason: 'I',
    fields: ['S.domain.devices.inputs[0].type', 'S.domain.devices.inputs[1].type'],
  },
]);

testInstanceSides('I/O threads', [
  {
    id: 'VMI-039',
    refuses: inDomain({ ioThreadsPolicy: 'many' }),
    accepts: inDomain({ ioThreadsPolicy: 'auto' }),
    reason: 'I',
    fields: ['S.domain.ioThreadsPolicy'],
  },
  {
    id: 'VMI-040',
    refuses: inDomain({ ioThreadsPolicy: 'supplementalPool' }),
    accepts: inDomain({ ioThreadsPolicy: 'shared' }),
    reason: 'I',
    fields: ['S.domain.ioThreads.count'],
  },
  {
    id: 'VMI-040',
    refuses: inDomain({
      ioThreadsPolicy: 'supplementalPool',
      ioThreads: { supplementalPoolThreadCount: 0 },
    }),
    accepts: inDomain({ ioThreadsPolicy: 'supplementalPool', ioThreads: { supplementalPoolThreadCount: 1 } }),
    reason: 'I',
    fields: ['S.domain.ioThreads.count'],
  },
]);

const http: Probe = { httpGet: { port: 80 } };
const tcp: Probe = { tcpSocket: { port: 22 } };
const ping: Probe = { guestAgentPing: {} };
const ready = (readinessProbe: Probe): SpecParts => ({ readinessProbe });
const both = (probe: Probe, networks: Network[]): SpecParts => ({
  networks,
  readinessProbe: probe,
  livenessProbe: probe,
});
const ofPod: Network = { name: 'default', pod: {} };
const blue: Network = { name: 'blue', multus: { networkName: 'blue' } };

testInstanceSides('probes', [
  {
    id: 'VMI-041',
    refuses: both({ ...ping, exec: { command: ['true'] } }, []),
    accepts: both({ exec: { command: ['true'] } }, []),
    reason: 'I',
    fields: ['S.readinessProbe', 'S.livenessProbe'],
  },
  {
    id: 'VMI-042',
    refuses: { livenessProbe: { periodSeconds: 1 } },
    accepts: { livenessProbe: { periodSeconds: 1, ...ping } },
    reason: 'R',
    fields: ['S.livenessProbe'],
  },
  {
    id: 'VMI-043',
    refuses: both(http, [blue]),
    accepts: both(http, [blue, ofPod]),
    reason: 'I',
    fields: ['S.readinessProbe.httpGet', 'S.livenessProbe.httpGet'],
  },
  {
    id: 'VMI-044',
    refuses: ready(tcp),
    accepts: { ...ready(tcp), networks: [ofPod] },
    reason: 'I',
    fields: ['S.readinessProbe.tcpSocket'],
  },
]);
