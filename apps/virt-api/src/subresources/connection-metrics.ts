import type { Duplex } from 'node:stream';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { ObjectName } from './context.ts';

/** Streams that are counted, with the middle of their metric's name. */
const counted = {
  portforward: 'portforward_active_tunnels',
  vnc: 'vnc_active_connections',
  console: 'console_active_connections',
  usbredir: 'usbredir_active_connections',
} as const;

type CountedStream = keyof typeof counted;

/** Hears of connections to instances. */
export interface ConnectionObserver {
  /** Somebody asked for a stream of an instance that there is; `socket` ends with the request. */
  asked(stream: string, instance: ObjectName, socket: Duplex): void;
  /** He got it, until the socket ends. */
  accepted(stream: string, instance: ObjectName, socket: Duplex): void;
}

/** Nobody counts. */
export const uncounted: ConnectionObserver = { asked: () => undefined, accepted: () => undefined };

/** An observer that tells of each instance until it is told to forget it. */
export interface ConnectionMetrics extends ConnectionObserver {
  /** Instances that are told of and that nobody is connected to now. */
  idle(): ObjectName[];
  /** Tells nothing of an instance any more, unless somebody is connected to it. */
  forget(instance: ObjectName): void;
}

/** The metrics of connections to instances, by KubeVirt's names. */
export function connectionMetrics(registry: Registry): ConnectionMetrics {
  const labelNames = ['namespace', 'vmi'] as const;
  const gauge = (name: string, help: string) => new Gauge({ name, help, labelNames, registers: [registry] });
  const active: Readonly<Record<CountedStream, Gauge<(typeof labelNames)[number]>>> = {
    portforward: gauge(`kubevirt_${counted.portforward}`, 'Ports that are forwarded now.'),
    vnc: gauge(`kubevirt_${counted.vnc}`, 'Displays that are open now.'),
    console: gauge(`kubevirt_${counted.console}`, 'Serial consoles that are open now.'),
    usbredir: gauge(`kubevirt_${counted.usbredir}`, 'USB devices that are redirected now.'),
  };
  const last = gauge(
    'kubevirt_vmi_last_api_connection_timestamp_seconds',
    'When the last request for a stream of the instance ended, also one that was refused.',
  );
  const told = new Map<string, { readonly instance: ObjectName; sockets: number }>();
  const keyOf = ({ namespace, name }: ObjectName): string => `${namespace}/${name}`;
  return {
    asked(stream, instance, socket) {
      if (!isCounted(stream)) return;
      const entry = told.get(keyOf(instance)) ?? { instance, sockets: 0 };
      told.set(keyOf(instance), entry);
      entry.sockets++;
      socket.once('close', () => {
        entry.sockets--;
        last.set(labelsOf(instance), Date.now() / 1000);
      });
    },
    accepted(stream, instance, socket) {
      if (!isCounted(stream) || socket.destroyed) return;
      const labels = labelsOf(instance);
      active[stream].inc(labels);
      socket.once('close', () => active[stream].dec(labels));
    },
    idle: () => [...told.values()].filter(({ sockets }) => sockets === 0).map(({ instance }) => instance),
    forget(instance) {
      if (told.get(keyOf(instance))?.sockets !== 0) return;
      told.delete(keyOf(instance));
      for (const one of [...Object.values(active), last]) one.remove(labelsOf(instance));
    },
  };
}

function labelsOf({ namespace, name }: ObjectName): { namespace: string; vmi: string } {
  return { namespace, vmi: name };
}

function isCounted(stream: string): stream is CountedStream {
  return Object.hasOwn(counted, stream);
}

/** Counts machines that are created, by namespace, as `kubevirt_vm_created_by_pod_total`. */
export function creationMetrics(registry: Registry): (namespace: string) => void {
  const created = new Counter({
    name: 'kubevirt_vm_created_by_pod_total',
    help: 'Deprecated: VirtualMachines whose creation this replica has admitted.',
    labelNames: ['namespace'] as const,
    registers: [registry],
  });
  return (namespace) => created.inc({ namespace });
}
