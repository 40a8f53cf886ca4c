import { memoryOverheadRatio, type ClusterConfiguration } from '@virtkit/admission';
import { Quantity, type VirtualMachineInstance } from '@virtkit/core-types';
import { accountedCpus } from './cpu-count.ts';
import { isGuaranteed } from './guaranteed.ts';
import { pluginsOf } from './networks.ts';

const mebibyte = 1024n * 1024n;

/**
 * What runs beside the guest. KubeVirt reckons 25 + 100 + 25 + 40 + 50 MiB for its monitor, launcher, log daemon, libvirt
 * daemon and QEMU. These are Virtkit's programs, as measured with one real guest on a node, where little is shared (proportional
 * share and, with all that is shared, resident memory), rounded up to leave room. With ten guests `npm run bench` measures
 * 36.3 MiB in all but QEMU.
 */
const processesMiB = {
  /** virt-launcher: 49 MiB; 112 with Node's own code, which the platform's other programs have loaded anyway. */
  launcher: 64n,
  /** The private libvirtd, which writes logs itself: 20 MiB; 29 with libraries. */
  libvirt: 32n,
  /** The sandbox's two processes, 0.4 MiB, and buffers of what the guest sends and receives. */
  network: 8n,
  /** QEMU without guest memory, devices and CPUs: as KubeVirt reckons, because it is the same program. */
  qemu: 50n,
} as const;

// What KubeVirt adds for parts of the machine; QEMU and its devices are the same programs here.
const perVcpuMiB = 8n;
const ioThreadMiB = 8n;
const videoMiB = 32n;
const arm64MiB = 128n;
const vfioMiB = 1024n;
const sevMiB = 256n;
const tpmMiB = 53n;
const guaranteedMiB = 100n;
const execProbeMiB = 10n;
const execProbesBaseMiB = 100n;
const downwardMetricsMiB = 1n;
const passtMiB = 250n;

/**
 * Memory that the pod needs beside the guest's, in bytes (KubeVirt launcher pod, memory overhead). `requested` is what
 * the guest is given of the node's memory; page tables grow with it.
 */
export function memoryOverhead(
  instance: VirtualMachineInstance,
  requested: Quantity,
  configuration: ClusterConfiguration,
): bigint {
  const sum =
    pageTables(requested) +
    mebibyte * (processes + perVcpuMiB * BigInt(accountedCpus(instance.spec)) + extras(instance)) +
    reserved(instance, configuration);
  return scaled(sum, memoryOverheadRatio(configuration)) + networks(instance, configuration);
}

const processes = Object.values(processesMiB).reduce((sum, size) => sum + size, 0n);

function pageTables(requested: Quantity): bigint {
  const kilobytes = (requested.toBytes() + 999n) / 1000n;
  return (kilobytes * 1000n) / 512n;
}

/** The ratio is a decimal text in the API; six digits are more than anybody writes. */
function scaled(bytes: bigint, ratio: number): bigint {
  return ratio === 1 ? bytes : (bytes * BigInt(Math.round(ratio * 1e6))) / 1_000_000n;
}

function extras(instance: VirtualMachineInstance): bigint {
  const { domain, architecture, volumes = [] } = instance.spec;
  const { devices, launchSecurity } = domain;
  const passedThrough = [...(devices.hostDevices ?? []), ...(devices.gpus ?? [])].length > 0;
  const sriov = (devices.interfaces ?? []).some((nic) => nic.sriov !== undefined);
  const metrics = volumes.some(({ downwardMetrics }) => downwardMetrics !== undefined);
  return (
    ioThreadMiB +
    (devices.autoattachGraphicsDevice === false ? 0n : videoMiB) +
    (architecture === 'arm64' ? arm64MiB : 0n) +
    (passedThrough || sriov ? vfioMiB : 0n) +
    (metrics ? downwardMetricsMiB : 0n) +
    (launchSecurity?.sev === undefined && launchSecurity?.snp === undefined ? 0n : sevMiB) +
    (devices.tpm === undefined || devices.tpm.enabled === false ? 0n : tpmMiB) +
    (isGuaranteed(instance) ? guaranteedMiB : 0n) +
    execProbes(instance)
  );
}

function execProbes({ spec }: VirtualMachineInstance): bigint {
  const count = [spec.livenessProbe, spec.readinessProbe].filter((probe) => probe?.exec !== undefined).length;
  return count === 0 ? 0n : BigInt(count) * execProbeMiB + execProbesBaseMiB;
}

function reserved({ spec }: VirtualMachineInstance, { gates }: ClusterConfiguration): bigint {
  const added = spec.domain.memory?.reservedOverhead?.addedOverhead;
  return added === undefined || !gates.has('ReservedOverheadMemlock') ? 0n : Quantity.parse(added).toBytes();
}

/** What moves packets outside of QEMU: passt, and each binding plug-in once. */
function networks(instance: VirtualMachineInstance, configuration: ClusterConfiguration): bigint {
  const interfaces = instance.spec.domain.devices.interfaces ?? [];
  const passt = interfaces.some(({ passtBinding }) => passtBinding !== undefined);
  const plugins = pluginsOf(instance, configuration).map(({ plugin }) => {
    const request = plugin.computeResourceOverhead?.requests?.['memory'];
    return request === undefined ? 0n : Quantity.parse(request).toBytes();
  });
  return plugins.reduce((sum, bytes) => sum + bytes, passt ? passtMiB * mebibyte : 0n);
}
