/**
 * The fields of an instance's `spec` that reach the machine, its launcher Pod or a controller. `[]` stands for each entry of
 * a list, a trailing `**` for everything below. What is not in this table is refused at admission with its path.
 */
export const carriedFields: readonly string[] = [
  // Scheduling and the Pod: rendered by virt-controller.
  'affinity.**',
  'dnsConfig.**',
  'dnsPolicy',
  'hostname',
  'nodeSelector.**',
  'priorityClassName',
  'schedulerName',
  'serviceAccountName',
  'subdomain',
  'tolerations[].**',
  'topologySpreadConstraints[].**',
  // Life: controllers and virt-handler.
  'architecture',
  'evictionStrategy',
  'startStrategy',
  'terminationGracePeriodSeconds',
  // CPU and memory.
  'domain.cpu.cores',
  'domain.cpu.features[].name',
  'domain.cpu.features[].policy',
  'domain.cpu.model',
  'domain.cpu.sockets',
  'domain.cpu.threads',
  'domain.memory.guest',
  'domain.resources.limits.**',
  'domain.resources.requests.**',
  // Machine and firmware.
  'domain.chassis.asset',
  'domain.features',
  'domain.firmware.bootloader.bios',
  'domain.firmware.bootloader.efi.secureBoot',
  'domain.firmware.kernelBoot.container.**',
  'domain.firmware.kernelBoot.kernelArgs',
  'domain.firmware.serial',
  'domain.firmware.uuid',
  'domain.machine.type',
  'domain.rebootPolicy',
  // Devices.
  'domain.devices.autoattachGraphicsDevice',
  'domain.devices.autoattachMemBalloon',
  'domain.devices.autoattachPodInterface',
  'domain.devices.autoattachSerialConsole',
  'domain.devices.disks[].bootOrder',
  'domain.devices.disks[].cache',
  'domain.devices.disks[].cdrom.bus',
  'domain.devices.disks[].cdrom.readonly',
  'domain.devices.disks[].cdrom.tray',
  'domain.devices.disks[].disk.bus',
  'domain.devices.disks[].disk.readonly',
  'domain.devices.disks[].name',
  'domain.devices.disks[].serial',
  'domain.devices.interfaces[].bootOrder',
  'domain.devices.interfaces[].macAddress',
  'domain.devices.interfaces[].masquerade',
  'domain.devices.interfaces[].model',
  'domain.devices.interfaces[].name',
  'domain.devices.interfaces[].ports[].**',
  'domain.devices.interfaces[].state',
  'domain.devices.logSerialConsole',
  'domain.devices.rng',
  'domain.devices.video.type',
  'domain.devices.watchdog.i6300esb.action',
  'domain.devices.watchdog.name',
  // Networks and volumes.
  'networks[].name',
  'networks[].pod.vmNetworkCIDR',
  'volumes[].cloudInitNoCloud.networkData',
  'volumes[].cloudInitNoCloud.networkDataBase64',
  'volumes[].cloudInitNoCloud.userData',
  'volumes[].cloudInitNoCloud.userDataBase64',
  'volumes[].containerDisk.image',
  'volumes[].containerDisk.imagePullPolicy',
  'volumes[].emptyDisk.capacity',
  'volumes[].name',
];

/** Fields that are carried for some values only: each with what it accepts, and why not more. */
export const carriedValues: readonly {
  path: string;
  accepts: (value: unknown) => boolean;
  reason: string;
}[] = [
  {
    path: 'architecture',
    accepts: (value) => value === 'amd64' || value === '',
    reason: 'only amd64 guests are carried',
  },
  {
    path: 'evictionStrategy',
    accepts: (value) => value === 'None' || value === '',
    reason: 'only None is carried: there is no live migration',
  },
  {
    path: 'domain.firmware.bootloader.efi.secureBoot',
    accepts: (value) => value === false,
    reason: 'only false is carried: there is no Secure Boot (absent means true)',
  },
  {
    path: 'domain.devices.disks[].cache',
    accepts: (value) => ['none', 'writethrough', 'writeback', ''].includes(String(value)),
    reason: 'unknown cache mode',
  },
  {
    path: 'domain.devices.interfaces[].state',
    accepts: (value) => ['up', 'down', ''].includes(String(value)),
    reason: 'interfaces cannot be unplugged',
  },
  {
    path: 'domain.devices.video.type',
    accepts: (value) => value === 'vga' || value === 'virtio',
    reason: 'only vga and virtio are carried',
  },
  {
    path: 'domain.devices.disks[].cdrom.tray',
    accepts: (value) => value === 'closed' || value === '',
    reason: 'only a closed tray is carried',
  },
  {
    path: 'domain.devices.disks[].cdrom.readonly',
    accepts: (value) => value === true,
    reason: 'CD-ROM drives are read-only',
  },
];
