import type { Disk, Interface, Network, VirtualMachineInstanceSpec, Volume } from '@virtkit/core-types';
import fc from 'fast-check';

const name = fc.constantFrom('a', 'b', 'Bad Name', '');
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const quantity = fc.constantFrom<string | number>('1Gi', '0', '-1', 2, '1500m', '1e3', '.5', '999k');
const bus = optional(fc.constantFrom('virtio', 'sata', 'ide', ''));

const disk: fc.Arbitrary<Disk> = fc
  .record({
    name,
    bootOrder: optional(fc.integer({ min: -1, max: 3 })),
    cache: optional(fc.constantFrom('none', 'unsafe', '')),
    serial: optional(fc.string({ maxLength: 4 })),
    disk: optional(fc.record({ bus, readonly: optional(fc.boolean()) }).map(dense)),
    cdrom: optional(fc.record({ bus, tray: optional(fc.constantFrom('open', '')) }).map(dense)),
    lun: optional(fc.record({ bus }).map(dense)),
  })
  .map(dense);

const volume: fc.Arbitrary<Volume> = fc
  .record({
    name,
    containerDisk: optional(fc.record({ image: fc.constantFrom('', 'image', 'image:1', 'image:latest') })),
    emptyDisk: optional(fc.record({ capacity: quantity })),
    cloudInitNoCloud: optional(
      fc
        .record({ userData: optional(fc.string()), userDataBase64: optional(fc.string({ maxLength: 8 })) })
        .map(dense),
    ),
    persistentVolumeClaim: optional(fc.constant({ claimName: 'claim' })),
  })
  .map(dense);

const nic: fc.Arbitrary<Interface> = fc
  .record({
    name,
    masquerade: optional(fc.constant({})),
    bridge: optional(fc.constant({})),
    macAddress: optional(fc.string({ maxLength: 17 })),
    state: optional(fc.constantFrom('up', 'absent', 'odd')),
    ports: optional(fc.array(fc.record({ port: fc.integer(), name: fc.string({ maxLength: 3 }) }))),
  })
  .map(dense);

const network: fc.Arbitrary<Network> = fc
  .record({ name, pod: optional(fc.constant({})), multus: optional(fc.constant({ networkName: 'blue' })) })
  .map(dense);

/** Specs that fit the schema, sensible or not. */
export const anyInstanceSpec: fc.Arbitrary<VirtualMachineInstanceSpec> = fc
  .record({
    hostname: optional(fc.string({ maxLength: 5 })),
    networks: optional(fc.array(network, { maxLength: 3 })),
    volumes: optional(fc.array(volume, { maxLength: 3 })),
    livenessProbe: optional(fc.constantFrom({}, { guestAgentPing: {} }, { tcpSocket: { port: 1 } })),
    domain: fc
      .record({
        cpu: optional(
          fc
            .record({ cores: optional(fc.integer({ min: -1, max: 4 })), sockets: optional(fc.nat(4)) })
            .map(dense),
        ),
        memory: optional(fc.record({ guest: optional(quantity) }).map(dense)),
        resources: optional(
          fc
            .record({
              requests: optional(fc.dictionary(fc.constantFrom('cpu', 'memory'), quantity)),
              limits: optional(fc.dictionary(fc.constantFrom('cpu', 'memory'), quantity)),
            })
            .map(dense),
        ),
        machine: optional(fc.record({ type: fc.constantFrom('', 'q35', 'pc', '[') })),
        devices: fc
          .record({
            disks: optional(fc.array(disk, { maxLength: 3 })),
            interfaces: optional(fc.array(nic, { maxLength: 3 })),
            autoattachPodInterface: optional(fc.boolean()),
            tpm: optional(fc.constant({})),
            watchdog: optional(fc.constantFrom({ name: 'dog' }, { name: 'dog', diag288: {} })),
          })
          .map(dense),
      })
      .map(dense),
  })
  .map(dense);

/** The object without members that are undefined, as it would come over the wire. */
function dense<T extends object>(object: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
