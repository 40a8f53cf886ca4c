import type { Disk, Volume } from '@virtkit/core-types';

/** A disk of the guest and the volume behind it; both have the same name. */
export interface Attachment {
  readonly disk: Disk;
  readonly volume: Volume;
}

/** How the guest sees a disk. */
export interface AttachmentOptions {
  /** Name of disk and volume. */
  readonly name: string;
  /** `virtio` when absent. */
  readonly bus?: string | undefined;
  /** Place in the boot order, from 1. */
  readonly bootOrder?: number | undefined;
  readonly readonly?: boolean | undefined;
  /** Serial number that the guest sees. */
  readonly serial?: string | undefined;
}

/** How the image is pulled and where the disk is in it; the name is `root` when absent. */
export interface ContainerDiskOptions extends Partial<AttachmentOptions> {
  readonly imagePullPolicy?: 'Always' | 'IfNotPresent' | 'Never' | undefined;
  readonly imagePullSecret?: string | undefined;
  /** Path of the disk image in the container image; the only file in `/disk` when absent. */
  readonly path?: string | undefined;
}

/** A disk image that comes in a container image; what the guest writes is lost when its run ends. Named `root` when no name is given. */
export function containerDisk(image: string, options: ContainerDiskOptions = {}): Attachment {
  const { imagePullPolicy, imagePullSecret, path } = options;
  return attach(
    { ...options, name: options.name ?? 'root' },
    {
      containerDisk: defined({ image, imagePullPolicy, imagePullSecret, path }),
    },
  );
}

/** A claim of the machine's namespace. */
export function claimDisk(claimName: string, options: AttachmentOptions): Attachment {
  return attach(options, { persistentVolumeClaim: { claimName } });
}

/** A DataVolume of the machine's namespace. */
export function dataVolumeDisk(dataVolume: string, options: AttachmentOptions): Attachment {
  return attach(options, { dataVolume: { name: dataVolume } });
}

/** An empty disk that lives as long as one run. @param capacity a quantity, for example `2Gi` */
export function emptyDisk(capacity: string, options: AttachmentOptions): Attachment {
  return attach(options, { emptyDisk: { capacity } });
}

/** cloud-init data; objects are written as JSON, which is YAML, user data with the `#cloud-config` line before it. */
export interface CloudInit {
  readonly userData?: string | Readonly<Record<string, unknown>> | undefined;
  readonly networkData?: string | Readonly<Record<string, unknown>> | undefined;
  /** `noCloud` when absent. */
  readonly type?: 'noCloud' | 'configDrive' | undefined;
}

/** A disk with cloud-init data, named `cloudinit` when no name is given. */
export function cloudInitDisk(data: CloudInit, options: Partial<AttachmentOptions> = {}): Attachment {
  const source = defined({
    userData: typeof data.userData === 'object' ? `#cloud-config\n${toYaml(data.userData)}` : data.userData,
    networkData: typeof data.networkData === 'object' ? toYaml(data.networkData) : data.networkData,
  });
  const volume =
    data.type === 'configDrive' ? { cloudInitConfigDrive: source } : { cloudInitNoCloud: source };
  return attach({ ...options, name: options.name ?? 'cloudinit' }, volume);
}

function toYaml(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

function attach(options: AttachmentOptions, source: Omit<Volume, 'name'>): Attachment {
  const { name, bus = 'virtio', readonly, bootOrder, serial } = options;
  return {
    disk: defined({ name, disk: defined({ bus, readonly }), bootOrder, serial }),
    volume: { name, ...source },
  };
}

/** Without the members that are undefined, so that manifests print as they are sent. */
export function defined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;
}
