import type {
  Affinity,
  Devices,
  DomainSpec,
  LabelSelector,
  LabelSelectorRequirement,
  NodeSelectorRequirement,
  PodAffinityTerm,
  TopologySpreadConstraint,
  Volume,
} from '@virtkit/core-types';
import fc from 'fast-check';
import type { SpecParts } from './instance-sides.ts';

/** An object of which any members may be missing, as they would be on the wire. */
const some = <T extends object>(members: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record(members, { requiredKeys: [] }) as fc.Arbitrary<Partial<T>>;
const few = <T>(arbitrary: fc.Arbitrary<T>) => fc.array(arbitrary, { maxLength: 3 });

const text = fc.oneof(fc.constantFrom('', 'a', 'None', 'Paused', 'x/y', 'a.b'), fc.string({ maxLength: 8 }));
const key = fc.oneof(fc.constantFrom('app', 'example.org/app', 'metadata.name', '', '-'), text);
const quantity = fc.oneof(
  fc.constantFrom<string | number>('1Gi', '0', '-1', '1500m', '1e3', '.5', '+2', '1n', '1e-999', '9E'),
  fc.maxSafeInteger(),
);
const count = fc.oneof(fc.integer({ min: -2, max: 5 }), fc.maxSafeInteger());
const present = fc.constant({});

const resources = some<Required<NonNullable<DomainSpec['resources']>>>({
  requests: fc.dictionary(fc.constantFrom('cpu', 'memory'), quantity),
  limits: fc.dictionary(fc.constantFrom('cpu', 'memory'), quantity),
  overcommitGuestOverhead: fc.boolean(),
});

const selectorRequirement: fc.Arbitrary<LabelSelectorRequirement> = fc.record(
  {
    key,
    operator: fc.constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', ''),
    values: few(text),
  },
  { requiredKeys: ['key', 'operator'] },
);

/** Label selectors, right and wrong. */
export const anyLabelSelector: fc.Arbitrary<LabelSelector> = some<Required<LabelSelector>>({
  matchLabels: fc.dictionary(key, text, { maxKeys: 2 }),
  matchExpressions: few(selectorRequirement),
});

const nodeRequirement: fc.Arbitrary<NodeSelectorRequirement> = fc.record(
  {
    key,
    operator: fc.constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'),
    values: few(text),
  },
  { requiredKeys: ['key', 'operator'] },
);
const nodeTerm = some({ matchExpressions: few(nodeRequirement), matchFields: few(nodeRequirement) });
const podTerm: fc.Arbitrary<PodAffinityTerm> = fc.record(
  {
    topologyKey: key,
    labelSelector: anyLabelSelector,
    namespaceSelector: anyLabelSelector,
    namespaces: few(text),
  },
  { requiredKeys: ['topologyKey'] },
);
const weight = fc.integer({ min: -1, max: 102 });
const neighbours = some({
  requiredDuringSchedulingIgnoredDuringExecution: few(podTerm),
  preferredDuringSchedulingIgnoredDuringExecution: few(fc.record({ weight, podAffinityTerm: podTerm })),
});
const affinity: fc.Arbitrary<Affinity> = some<Required<Affinity>>({
  nodeAffinity: some({
    requiredDuringSchedulingIgnoredDuringExecution: fc.record({ nodeSelectorTerms: few(nodeTerm) }),
    preferredDuringSchedulingIgnoredDuringExecution: few(fc.record({ weight, preference: nodeTerm })),
  }),
  podAffinity: neighbours,
  podAntiAffinity: neighbours,
});
const spread: fc.Arbitrary<TopologySpreadConstraint> = fc.record(
  {
    maxSkew: fc.integer({ min: -1, max: 2 }),
    topologyKey: key,
    whenUnsatisfiable: fc.constantFrom('DoNotSchedule', 'ScheduleAnyway'),
    labelSelector: anyLabelSelector,
  },
  { requiredKeys: ['maxSkew', 'topologyKey', 'whenUnsatisfiable'] },
);

const display = some({ display: some({ enabled: fc.boolean(), ramFB: some({ enabled: fc.boolean() }) }) });
const hostDevice = { name: text, deviceName: fc.constantFrom('', 'grace', 'nvidia', 'nic') };
const devices: fc.Arbitrary<Devices> = some<Devices>({
  inputs: few(fc.record({ name: text, type: fc.constantFrom('tablet', ''), bus: text })),
  gpus: few(fc.record({ ...hostDevice, virtualGPUOptions: display }, { requiredKeys: ['name'] })),
  hostDevices: few(fc.record(hostDevice, { requiredKeys: ['name'] })),
  sound: fc.record({ name: text, model: fc.constantFrom('', 'ich9', 'sb16') }),
  autoattachVSOCK: fc.boolean(),
  autoattachGraphicsDevice: fc.boolean(),
  video: fc.record({ type: text }),
  downwardMetrics: present,
  disks: few(fc.record({ name: text, lun: some({ reservation: fc.boolean() }) })),
  filesystems: few(fc.record({ name: fc.constantFrom('a', 'b'), virtiofs: present })),
  panicDevices: few(some({ model: text })),
  interfaces: few(
    fc.record({ name: text, bootOrder: fc.integer({ min: -1, max: 3 }) }, { requiredKeys: ['name'] }),
  ),
});

const domain: fc.Arbitrary<Partial<DomainSpec>> = some<DomainSpec>({
  resources,
  devices,
  memory: some({
    guest: quantity,
    hugepages: some({ pageSize: fc.oneof(quantity.map(String), text) }),
    reservedOverhead: present,
  }),
  cpu: some({
    cores: count,
    sockets: count,
    threads: count,
    maxSockets: count,
    dedicatedCpuPlacement: fc.boolean(),
    isolateEmulatorThread: fc.boolean(),
    numa: some({ guestMappingPassthrough: present }),
    realtime: present,
    features: few(fc.record({ name: text, policy: text })),
  }),
  machine: fc.record({ type: fc.oneof(fc.constantFrom('q35', 'virt', 'virt-9.0'), text) }),
  firmware: some({
    acpi: some({ slicNameRef: fc.constantFrom('', 'a', 'c'), msdmNameRef: fc.constantFrom('b', 'c') }),
    bootloader: some({
      bios: present,
      efi: some({ secureBoot: fc.boolean(), persistent: fc.boolean() }),
    }),
  }),
  features: some({ smm: some({ enabled: fc.boolean() }) }),
  launchSecurity: some({ sev: some({ attestation: present }), snp: present, tdx: present }),
  ioThreadsPolicy: fc.constantFrom('shared', 'supplementalPool', ''),
  ioThreads: some({ supplementalPoolThreadCount: count }),
  rebootPolicy: fc.constantFrom('Reboot', 'Terminate'),
});

const volume: fc.Arbitrary<Volume> = fc
  .record({
    name: fc.constantFrom('a', 'b'),
    source: fc.constantFrom<Omit<Volume, 'name'>>(
      {},
      { secret: { secretName: 'a' } },
      { persistentVolumeClaim: { claimName: 'a' } },
      { cloudInitNoCloud: {} },
      { cloudInitConfigDrive: {} },
      { serviceAccount: { serviceAccountName: 'builder' } },
    ),
  })
  .map(({ name, source }) => ({ name, ...source }));
const probe = some({ exec: present, guestAgentPing: present, httpGet: fc.record({ port: text }) });
const secretSource = some({ secret: fc.record({ secretName: text }) });

/** Specs that fit the schema, in which everything is set, rightly or wrongly, that rules outside networks and disks look at. */
export const anySpecParts: fc.Arbitrary<SpecParts> = some<SpecParts>({
  domain,
  affinity,
  volumes: few(volume),
  networks: few(fc.record({ name: text, pod: present }, { requiredKeys: ['name'] })),
  hostname: text,
  subdomain: text,
  serviceAccountName: text,
  architecture: fc.constantFrom('', 'amd64', 'arm64', 's390x', 'vax'),
  startStrategy: text,
  evictionStrategy: text,
  readinessProbe: probe,
  livenessProbe: probe,
  topologySpreadConstraints: fc.uniqueArray(spread, {
    maxLength: 3,
    selector: ({ topologyKey, whenUnsatisfiable }) => `${topologyKey} ${whenUnsatisfiable}`,
  }),
  dnsPolicy: fc.constantFrom('None', 'Default'),
  dnsConfig: some({
    nameservers: few(fc.oneof(fc.ipV4(), fc.ipV6(), text)),
    searches: few(fc.oneof(fc.domain(), text)),
    options: few(some({ name: text, value: text })),
  }),
  accessCredentials: few(
    some({
      sshPublicKey: fc.record({
        source: secretSource,
        propagationMethod: some({
          noCloud: present,
          configDrive: present,
          qemuGuestAgent: fc.record({ users: fc.uniqueArray(text, { maxLength: 2 }) }),
        }),
      }),
      userPassword: fc.record({
        source: secretSource,
        propagationMethod: some({ qemuGuestAgent: present }),
      }),
    }),
  ),
});
