import type {
  BlockSize,
  Devices,
  Disk,
  DomainSpec,
  Features,
  Firmware,
  Interface,
  Network,
  Volume,
} from '@virtkit/core-types';
import fc from 'fast-check';
import type { CreationParts } from './creation-sides.ts';
import { cluster, type SpecParts } from './instance-sides.ts';

/** An object of which any members may be missing, as they would be on the wire. */
const some = <T extends object>(members: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record(members, { requiredKeys: [] }) as fc.Arbitrary<Partial<T>>;
const few = <T>(arbitrary: fc.Arbitrary<T>) => fc.array(arbitrary, { maxLength: 4 });
/** A list whose schema wants unique names. */
const fewNamed = <T extends { name: string }>(arbitrary: fc.Arbitrary<T>) =>
  fc.uniqueArray(arbitrary, { maxLength: 4, selector: (item) => item.name });

/** Few names, so that they meet. */
const name = fc.constantFrom('a', 'b', 'c', '', 'Bad Name', '-'.repeat(64));
const text = fc.oneof(name, fc.string({ unit: 'grapheme', maxLength: 8 }), fc.string({ unit: 'binary' }));
const int32 = fc.oneof(
  fc.integer({ min: -2, max: 3 }),
  fc.constantFrom(512, 4096, 65_535, 65_536, 2_097_152),
  fc.integer(),
);
const present = fc.constant({});
const state = some({ enabled: fc.boolean() });
const pciAddress = fc.constantFrom('', '0000:81:00.0', '0000:81:00.8', 'x');
const claim = { claimName: name, requestName: name };

const network: fc.Arbitrary<Network> = fc.record(
  {
    name,
    pod: present,
    multus: fc.record({ networkName: name, default: fc.boolean() }, { requiredKeys: ['networkName'] }),
    resourceClaim: some(claim),
  },
  { requiredKeys: ['name'] },
);

const nic: fc.Arbitrary<Interface> = fc.record(
  {
    name,
    bridge: present,
    masquerade: present,
    sriov: present,
    passtBinding: present,
    binding: fc.record({ name: text }),
    slirp: present,
    passt: present,
    macvtap: present,
    bootOrder: int32,
    state: fc.constantFrom('', 'up', 'down', 'absent', 'odd'),
    model: fc.constantFrom('', 'virtio', 'odd'),
    macAddress: fc.oneof(fc.constantFrom('02:00:00:00:00:00', '0200.0000.0001'), text),
    pciAddress,
    ports: few(
      fc.record(
        { name: text, port: int32, protocol: fc.constantFrom('', 'TCP', 'SCTP') },
        { requiredKeys: ['port'] },
      ),
    ),
    portRanges: fc.array(
      fc.record({ start: int32, end: int32, protocol: fc.constantFrom('TCP', 'UDP', '') }),
      { maxLength: 12 },
    ),
    dhcpOptions: some({
      ntpServers: few(fc.oneof(fc.ipV4(), fc.ipV6(), text, fc.constant('010.0.00.1'))),
      privateOptions: few(fc.record({ option: fc.constantFrom(223, 224, 254, 255), value: text })),
    }),
  },
  { requiredKeys: ['name'] },
);

const bus = fc.constantFrom('', 'virtio', 'scsi', 'sata', 'usb', 'ide', 'odd');
const blockSize: fc.Arbitrary<BlockSize> = some<BlockSize>({
  custom: some({ logical: int32, physical: int32, discardGranularity: int32 }),
  matchVolume: state,
});
const disk: fc.Arbitrary<Disk> = fc.record(
  {
    name,
    disk: some({ bus, pciAddress, readonly: fc.boolean() }),
    lun: some({ bus, reservation: fc.boolean() }),
    cdrom: some({ bus }),
    bootOrder: int32,
    blockSize,
    cache: fc.constantFrom('', 'none', 'odd'),
    io: fc.constantFrom('', 'native', 'odd'),
    errorPolicy: fc.constantFrom('', 'stop', 'odd'),
    serial: fc.oneof(text, fc.constant('x'.repeat(257))),
    dedicatedIOThread: fc.boolean(),
  },
  { requiredKeys: ['name'] },
);

const seed = some({
  userData: fc.oneof(text, fc.constant('é'.repeat(1025))),
  userDataBase64: fc.oneof(text, fc.base64String()),
  secretRef: some({ name }),
  networkData: text,
  networkDataBase64: fc.oneof(text, fc.base64String()),
  networkDataSecretRef: some({ name }),
});
const quantity = fc.oneof(fc.constantFrom('0', '1Gi', '-1', '1n', '1e-999', '9E'), fc.maxSafeInteger());
const volume: fc.Arbitrary<Volume> = fc.record(
  {
    name,
    cloudInitNoCloud: seed,
    cloudInitConfigDrive: seed,
    containerDisk: fc.record({ image: text, path: text }, { requiredKeys: ['image'] }),
    containerPath: fc.record({ path: fc.constantFrom('/', '/data', '/var/run/kubevirt/x') }),
    persistentVolumeClaim: fc.record({ claimName: text }),
    dataVolume: fc.record({ name: text }),
    hostDisk: fc.record(
      { path: text, type: fc.constantFrom('Disk', 'DiskOrCreate', ''), capacity: quantity },
      { requiredKeys: ['path', 'type'] },
    ),
    configMap: some({ name: text }),
    secret: some({ secretName: text }),
    serviceAccount: some({ serviceAccountName: text }),
    downwardMetrics: present,
    memoryDump: fc.record({ claimName: text }),
  },
  { requiredKeys: ['name'] },
);

const device = fc.record(
  { name, deviceName: fc.constantFrom('', 'grace', 'other'), ...claim },
  { requiredKeys: ['name'] },
);
const devices: fc.Arbitrary<Devices> = some<Devices>({
  disks: few(disk),
  interfaces: few(nic),
  filesystems: few(fc.record({ name, virtiofs: present })),
  gpus: few(device),
  hostDevices: few(device),
  watchdog: fc.record({ name: text, i6300esb: present, diag288: present }, { requiredKeys: ['name'] }),
  video: some({ type: fc.constantFrom('', 'vga', 'virtio', 'odd') }),
  sound: fc.record({ name: text }),
});

const features: fc.Arbitrary<Features> = some<Features>({
  smm: state,
  hypervPassthrough: state,
  hyperv: some({
    evmcs: state,
    vapic: state,
    ipi: state,
    vpindex: state,
    tlbflush: state,
    synic: state,
    synictimer: state,
  }),
});
const firmware: fc.Arbitrary<Firmware> = some<Firmware>({
  bootloader: some({ bios: present, efi: some({ secureBoot: fc.boolean() }) }),
  kernelBoot: some({
    kernelArgs: text,
    container: fc.record(
      { image: text, kernelPath: fc.constantFrom('', '/', '//', '/a/../b', '/a/'), initrdPath: text },
      { requiredKeys: ['image'] },
    ),
  }),
});

/** Specs that fit the schema, in which everything is set, rightly or wrongly, that rules for networks, storage and firmware look at. */
const anyHardware: fc.Arbitrary<SpecParts> = some<SpecParts>({
  architecture: fc.constantFrom('', 'amd64', 'arm64', 's390x', 'vax'),
  networks: few(network),
  volumes: few(volume),
  utilityVolumes: fewNamed(fc.record({ name: text, claimName: text })),
  resourceClaims: fewNamed(
    fc.record({ name, resourceClaimName: text, resourceClaimTemplateName: text }, { requiredKeys: ['name'] }),
  ),
  domain: some<DomainSpec>({
    devices,
    features,
    firmware,
    cpu: some({
      model: text,
      features: few(fc.record({ name: fc.constantFrom('vmx', 'x'), policy: text })),
    }),
    memory: some({ guest: quantity, hugepages: present }),
    resources: some({ requests: fc.dictionary(fc.constantFrom('cpu', 'memory'), quantity) }),
    launchSecurity: some({ tdx: present }),
  }),
});

const permittedHostDevices = {
  pciHostDevices: [{ resourceName: 'grace', pciVendorSelector: '0x10DE:2348' }],
};
const optional = [
  'DownwardMetrics',
  'ExperimentalIgnitionSupport',
  'HostDisk',
  'Macvtap',
  'NetworkDevicesWithDRA',
  'Passt',
  'PortRangesSpec',
  'Sidecar',
];
const usual = ['DeclarativeHotplugVolumes', 'GPUsWithDRA', 'HostDevicesWithDRA', 'PasstBinding'];
const anyCluster = fc
  .record({
    featureGates: fc.subarray(optional),
    disabledFeatureGates: fc.subarray(usual),
    permitBridgeInterfaceOnPodNetwork: fc.boolean(),
  })
  .map(({ permitBridgeInterfaceOnPodNetwork, ...developerConfiguration }) =>
    cluster({ permittedHostDevices, developerConfiguration, network: { permitBridgeInterfaceOnPodNetwork } }),
  );

const word = fc.constantFrom('', 'true', 'false', '{}');

/** New instances, in clusters with any feature gates. */
export const anyCreation: fc.Arbitrary<CreationParts> = fc.record({
  parts: anyHardware,
  trusted: fc.boolean(),
  configuration: anyCluster,
  metadata: some({
    labels: fc.dictionary(fc.constantFrom('app', 'kubevirt.io/nodeName', 'kubevirt.io/created-by'), word),
    annotations: fc.dictionary(
      fc.constantFrom(
        'kubevirt.io/ignitiondata',
        'hooks.kubevirt.io/hookSidecars',
        'kubevirt.io/placePCIDevicesOnRootComplex',
        'kubevirt.io/disablePCIHole64',
        'virtkit.dev/hypervisor',
      ),
      word,
    ),
  }),
});
