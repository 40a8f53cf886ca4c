/** Who carries a field out. */
export type Carrier =
  /** It becomes part of the MachineSpec. */
  | 'machine'
  /** It becomes part of the launcher Pod. */
  | 'pod'
  /** virt-handler acts on it. */
  | 'node-agent'
  /** A controller or the API acts on it. */
  | 'control-plane';

/** One field of a VMI's spec that is carried out. */
export interface CarriedField {
  /** Path below `spec`; `[]` stands for each item of a list. */
  readonly path: string;
  readonly by: Carrier;
  /** The value may be an object or list: all of it is carried. */
  readonly whole?: true;
  /** Only these values are; others are refused. */
  readonly values?: readonly (string | number | boolean)[];
  /** Why other values are not, for the message. */
  readonly because?: string;
}

const machine = (path: string, values?: CarriedField['values'], because?: string): CarriedField => ({
  path,
  by: 'machine',
  ...(values && { values }),
  ...(because && { because }),
});
const whole = (by: Carrier, path: string): CarriedField => ({ path, by, whole: true });

const disk = 'domain.devices.disks[]';
const nic = 'domain.devices.interfaces[]';
const kernelImage = 'domain.firmware.kernelBoot.container';

/**
 * Every field of a VMI's spec that is carried out, and the values of which that is true. What is not in this table is
 * refused at admission: nothing is ever ignored. Values that say the same as leaving the field out are in it too.
 */
export const carriedFields: readonly CarriedField[] = [
  // Placement and identity: copied into the launcher Pod.
  whole('pod', 'affinity'),
  whole('pod', 'nodeSelector'),
  whole('pod', 'tolerations'),
  whole('pod', 'topologySpreadConstraints'),
  whole('pod', 'dnsConfig'),
  { path: 'dnsPolicy', by: 'pod' },
  { path: 'priorityClassName', by: 'pod' },
  { path: 'schedulerName', by: 'pod' },
  { path: 'serviceAccountName', by: 'pod' },
  { path: 'hostname', by: 'pod' },
  { path: 'subdomain', by: 'pod' },
  whole('pod', 'domain.resources.requests'),
  whole('pod', 'domain.resources.limits'),
  { path: 'domain.resources.overcommitGuestOverhead', by: 'pod' },

  // Life.
  // Nothing can migrate yet, and an eviction is answered as for any instance that cannot (KubeVirt validation, EVC-07 to EVC-12).
  { path: 'evictionStrategy', by: 'control-plane' },
  machine('startStrategy', ['Paused']),
  machine('terminationGracePeriodSeconds'),
  whole('node-agent', 'readinessProbe'),
  whole('node-agent', 'livenessProbe'),
  machine('domain.rebootPolicy', ['Reboot', 'Terminate']),

  // CPU, memory, machine.
  machine('architecture'),
  machine('domain.machine.type'),
  machine('domain.cpu.sockets'),
  machine('domain.cpu.cores'),
  machine('domain.cpu.threads'),
  machine('domain.cpu.maxSockets'),
  machine('domain.cpu.model'),
  whole('machine', 'domain.cpu.features'),
  // What only some nodes have is asked for by the Pod: no other node gets it.
  machine('domain.cpu.dedicatedCpuPlacement'),
  machine('domain.cpu.isolateEmulatorThread'),
  whole('machine', 'domain.cpu.numa.guestMappingPassthrough'),
  machine('domain.memory.hugepages.pageSize'),
  whole('pod', 'domain.memory.reservedOverhead.addedOverhead'),
  whole('machine', 'domain.launchSecurity'),
  ...['gpus[]', 'hostDevices[]'].flatMap((kind) =>
    ['name', 'deviceName', 'tag'].map((member) => machine(`domain.devices.${kind}.${member}`)),
  ),
  whole('machine', 'domain.devices.gpus[].virtualGPUOptions'),
  machine('domain.memory.guest'),
  machine('domain.memory.maxGuest'),

  // Platform.
  machine('domain.features.acpi.enabled'),
  machine('domain.features.apic.enabled'),
  machine('domain.features.apic.endOfInterrupt'),
  machine('domain.features.smm.enabled'),
  machine('domain.features.pvspinlock.enabled'),
  machine('domain.features.kvm.hidden'),
  whole('machine', 'domain.features.hyperv'),
  machine('domain.features.hypervPassthrough.enabled'),
  whole('machine', 'domain.clock'),

  // Firmware.
  machine('domain.firmware.uuid'),
  machine('domain.firmware.serial'),
  whole('machine', 'domain.firmware.acpi'),
  machine('domain.firmware.bootloader.bios.useSerial'),
  machine('domain.firmware.bootloader.efi.secureBoot'),
  machine('domain.firmware.bootloader.efi.persistent'),
  machine('domain.firmware.kernelBoot.kernelArgs'),
  { path: `${kernelImage}.image`, by: 'pod' },
  { path: `${kernelImage}.imagePullPolicy`, by: 'pod' },
  { path: `${kernelImage}.imagePullSecret`, by: 'pod' },
  machine(`${kernelImage}.kernelPath`),
  machine(`${kernelImage}.initrdPath`),
  whole('machine', 'domain.chassis'),

  // Devices that are on unless switched off.
  machine('domain.devices.autoattachGraphicsDevice'),
  machine('domain.devices.autoattachMemBalloon'),
  { path: 'domain.devices.autoattachPodInterface', by: 'control-plane' },
  machine('domain.devices.autoattachSerialConsole'),
  machine('domain.devices.logSerialConsole'),
  machine('domain.devices.autoattachInputDevice'),
  machine('domain.devices.autoattachVSOCK'),
  machine('domain.devices.blockMultiQueue'),
  machine('domain.devices.networkInterfaceMultiqueue'),
  machine('domain.devices.useVirtioTransitional'),
  // Whether disks may be plugged into the running machine.
  machine('domain.devices.disableHotplug'),
  machine('domain.devices.video.type', ['', 'vga', 'virtio', 'bochs', 'cirrus', 'ramfb']),
  whole('machine', 'domain.devices.inputs'),
  whole('machine', 'domain.devices.sound'),
  machine('domain.devices.panicDevices[].model', ['', 'isa', 'hyperv', 'pvpanic']),
  whole('machine', 'domain.devices.clientPassthrough'),
  whole('machine', 'domain.devices.rng'),
  machine('domain.devices.tpm.enabled'),
  machine('domain.devices.tpm.persistent'),
  machine('domain.devices.watchdog.name'),
  machine('domain.devices.watchdog.i6300esb.action', ['reset', 'shutdown', 'poweroff']),
  machine('domain.devices.watchdog.diag288.action', ['reset', 'shutdown', 'poweroff']),

  // Disks.
  machine(`${disk}.name`),
  machine(`${disk}.bootOrder`),
  machine(`${disk}.serial`),
  machine(`${disk}.cache`, ['', 'none', 'writethrough', 'writeback']),
  machine(`${disk}.disk.bus`, ['', 'virtio', 'sata', 'scsi', 'usb']),
  machine(`${disk}.disk.readonly`),
  machine(`${disk}.lun.bus`, ['', 'scsi', 'sata']),
  machine(`${disk}.lun.readonly`),
  machine(`${disk}.lun.reservation`),
  machine(`${disk}.cdrom.bus`, ['', 'sata', 'scsi', 'usb']),
  machine(`${disk}.cdrom.readonly`, [true], 'CD-ROMs are read-only'),
  machine(`${disk}.cdrom.tray`, ['', 'closed', 'open']),
  machine(`${disk}.io`, ['', 'native', 'threads']),
  machine(`${disk}.errorPolicy`, ['', 'stop', 'ignore', 'report', 'enospace']),
  machine(`${disk}.blockSize.custom.logical`),
  machine(`${disk}.blockSize.custom.physical`),
  machine(`${disk}.blockSize.custom.discardGranularity`),
  machine(`${disk}.blockSize.matchVolume.enabled`),
  machine(`${disk}.dedicatedIOThread`),
  machine(`${disk}.disk.pciAddress`),
  machine('domain.ioThreadsPolicy', ['', 'auto', 'shared', 'supplementalPool']),
  machine('domain.ioThreads.supplementalPoolThreadCount'),
  machine(`${disk}.shareable`),
  machine('volumes[].name'),
  { path: 'volumes[].containerDisk.image', by: 'pod' },
  { path: 'volumes[].containerDisk.imagePullPolicy', by: 'pod' },
  { path: 'volumes[].containerDisk.imagePullSecret', by: 'pod' },
  { path: 'volumes[].containerDisk.path', by: 'node-agent' },
  machine('volumes[].cloudInitNoCloud.userData'),
  machine('volumes[].cloudInitNoCloud.userDataBase64'),
  machine('volumes[].cloudInitNoCloud.networkData'),
  machine('volumes[].cloudInitNoCloud.networkDataBase64'),
  whole('pod', 'volumes[].cloudInitNoCloud.secretRef'),
  whole('pod', 'volumes[].cloudInitNoCloud.networkDataSecretRef'),
  machine('volumes[].cloudInitConfigDrive.userData'),
  machine('volumes[].cloudInitConfigDrive.userDataBase64'),
  machine('volumes[].cloudInitConfigDrive.networkData'),
  machine('volumes[].cloudInitConfigDrive.networkDataBase64'),
  whole('pod', 'volumes[].cloudInitConfigDrive.secretRef'),
  whole('pod', 'volumes[].cloudInitConfigDrive.networkDataSecretRef'),
  machine('volumes[].emptyDisk.capacity'),
  whole('pod', 'volumes[].persistentVolumeClaim'),
  // Guest memory is dumped to it.
  whole('node-agent', 'volumes[].memoryDump'),
  { path: 'volumes[].persistentVolumeClaim.claimName', by: 'pod' },
  { path: 'volumes[].persistentVolumeClaim.readOnly', by: 'pod' },
  // The claim of the same name, whoever made it.
  { path: 'volumes[].dataVolume.name', by: 'pod' },
  whole('pod', 'volumes[].ephemeral.persistentVolumeClaim'),
  whole('node-agent', 'volumes[].hostDisk'),
  ...['configMap', 'secret', 'downwardAPI', 'sysprep'].map((kind) => whole('pod', `volumes[].${kind}`)),

  // Folders that the guest mounts.
  machine('domain.devices.filesystems[].name'),
  whole('pod', 'domain.devices.filesystems[].virtiofs'),
  whole('pod', 'volumes[].containerPath'),

  // Who may log in: given to cloud-init, or told to the guest's agent whenever it changes.
  whole('node-agent', 'accessCredentials'),

  // Networks.
  machine(`${nic}.name`),
  whole('node-agent', `${nic}.masquerade`),
  whole('node-agent', `${nic}.bridge`),
  whole('node-agent', `${nic}.passtBinding`),
  whole('node-agent', `${nic}.dhcpOptions`),
  machine(`${nic}.model`, ['', 'virtio', 'e1000', 'e1000e', 'igb', 'rtl8139', 'ne2k_pci', 'pcnet']),
  machine(`${nic}.pciAddress`),
  machine(`${nic}.acpiIndex`),
  machine(`${nic}.tag`),
  machine(`${nic}.macAddress`),
  machine(`${nic}.bootOrder`),
  machine(`${nic}.state`, ['', 'up', 'down'], 'interfaces are not unplugged'),
  whole('node-agent', `${nic}.ports`),
  whole('node-agent', `${nic}.portRanges`),
  machine('networks[].name'),
  { path: 'networks[].pod.vmNetworkCIDR', by: 'node-agent' },
  { path: 'networks[].pod.vmIPv6NetworkCIDR', by: 'node-agent' },
];

/** What is missing behind a refused field, by the start of its path; the longest match counts. */
export const missingFeatures: Readonly<Record<string, string>> = {
  'domain.devices.disks[].changedBlockTracking': 'nothing makes backups of changed blocks',
  'domain.devices.disks[].tag': 'metadata of configuration drives names interfaces and host devices only',
  'domain.devices.downwardMetrics': 'nothing answers questions of guests for figures of the host',
  'domain.devices.interfaces[].macvtap': 'KubeVirt took this binding away; use masquerade or bridge',
  'domain.devices.interfaces[].passt': 'KubeVirt took this binding away; use passtBinding',
  'domain.devices.interfaces[].slirp': 'KubeVirt took this binding away; use masquerade or bridge',
  'domain.memory.reservedOverhead.memLock': 'the limit of locked memory of QEMU is not raised',
  'networks[].resourceClaim': 'devices of dynamic resource claims are not looked up',
  'volumes[].dataVolume.hotpluggable': 'a DataVolume is plugged in as the claim that it fills',
  'volumes[].downwardMetrics': 'nothing writes figures of the host for guests',
  'volumes[].serviceAccount': 'Pods on the embedded node are given no token',
  'domain.cpu.realtime': 'the node agent gives threads of virtual CPUs no real-time priority',
  'domain.devices.gpus[].claimName':
    'dynamic resource claims are not offered; name a resource of a device plug-in',
  'domain.devices.gpus[].requestName':
    'dynamic resource claims are not offered; name a resource of a device plug-in',
  'domain.devices.hostDevices[].claimName':
    'dynamic resource claims are not offered; name a resource of a device plug-in',
  'domain.devices.hostDevices[].requestName':
    'dynamic resource claims are not offered; name a resource of a device plug-in',
  'domain.devices.interfaces[].binding':
    'sidecars of network binding plug-ins are not talked to; use masquerade or bridge',
  'domain.devices.interfaces[].sriov':
    'functions that Multus gives a Pod are not looked up; use masquerade or bridge',
  'networks[].multus':
    'interfaces that Multus gives a Pod are not connected to the guest; use the Pod network',
  resourceClaims: 'devices of dynamic resource claims are not looked up',
  utilityVolumes: 'nothing attaches utility volumes',
};
