import type { Transport } from '../transport/transport.ts';
import type { VirtualMachineActions } from './actions.ts';
import { dryRunBody, instanceActions } from './instance-actions.ts';
import { subresourcesOf } from './subresources.ts';

/** The actions of machines, over HTTP. */
export function machineActions(transport: Transport, namespace: string): VirtualMachineActions {
  const machines = subresourcesOf('virtualmachines', transport, namespace);
  return {
    ...instanceActions(transport, namespace),
    start: (name, options = {}) =>
      machines.put(name, 'start', options, { ...dryRunBody(options), paused: options.paused }),
    // KubeVirt names the same setting differently for stop and restart.
    stop: (name, options = {}) =>
      machines.put(name, 'stop', options, {
        ...dryRunBody(options),
        gracePeriod: options.gracePeriodSeconds,
      }),
    restart: (name, options = {}) =>
      machines.put(name, 'restart', options, {
        ...dryRunBody(options),
        gracePeriodSeconds: options.gracePeriodSeconds,
      }),
  };
}
