import { Quantity, type VirtualMachineInstance } from '@virtkit/core-types';
import type { ClusterConfiguration } from '../cluster-configuration.ts';
import { vcpusOf } from './cpu-count.ts';

const mebibyte = 1024n * 1024n;

/** Launcher monitor, launcher, log daemon, libvirt daemon, QEMU (KubeVirt launcher pod, memory overhead). */
const processesMiB = 25n + 100n + 25n + 40n + 50n;
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
    mebibyte * (processesMiB + perVcpuMiB * BigInt(vcpusOf(instance)) + extras(instance));
  if (configuration.memoryOverheadRatio === 1) return sum;
  // The ratio is a decimal text in the API; six digits are more than anybody writes.
  return (sum * BigInt(Math.round(configuration.memoryOverheadRatio * 1e6))) / 1_000_000n;
}

function pageTables(requested: Quantity): bigint {
  const kilobytes = (requested.toBytes() + 999n) / 1000n;
  return (kilobytes * 1000n) / 512n;
}

function extras(instance: VirtualMachineInstance): bigint {
  const { domain, architecture } = instance.spec;
  const { devices, launchSecurity } = domain;
  const passedThrough = [...(devices.hostDevices ?? []), ...(devices.gpus ?? [])].length > 0;
  const sriov = (devices.interfaces ?? []).some((nic) => nic.sriov !== undefined);
  return (
    ioThreadMiB +
    (devices.autoattachGraphicsDevice === false ? 0n : videoMiB) +
    (architecture === 'arm64' ? arm64MiB : 0n) +
    (passedThrough || sriov ? vfioMiB : 0n) +
    (devices.downwardMetrics === undefined ? 0n : downwardMetricsMiB) +
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

/** Whether the pod is to be of the Guaranteed class: pinned CPUs, or requests equal to limits. */
function isGuaranteed({ spec }: VirtualMachineInstance): boolean {
  const { cpu, resources = {} } = spec.domain;
  if (cpu?.dedicatedCpuPlacement === true) return true;
  const quantity = (of: Record<string, string | number> | undefined, name: string) =>
    of?.[name] === undefined ? undefined : Quantity.parse(of[name]);
  const cpuRequest = quantity(resources.requests, 'cpu');
  const cpuLimit = quantity(resources.limits, 'cpu');
  const memoryRequest = quantity(resources.requests, 'memory');
  const memoryLimit = quantity(resources.limits, 'memory');
  if (cpuRequest === undefined || cpuRequest.isZero() || cpuLimit === undefined) return false;
  if (!cpuRequest.equals(cpuLimit) || memoryLimit === undefined) return false;
  return memoryRequest === undefined || memoryRequest.equals(memoryLimit);
}
