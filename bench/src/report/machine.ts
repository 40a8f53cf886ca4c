import { arch, availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';
import { readFile } from 'node:fs/promises';

/** Where the numbers come from. */
export interface MachineDescription {
  /** Of the processor, as it calls itself. */
  processor: string;
  cores: number;
  memoryMiB: number;
  architecture: string;
  kernel: string;
  distribution: string;
  node: string;
  /** Processes that wanted to run during the last minute, at the start: what else the machine did. */
  loadBefore: number;
}

export async function describeMachine(): Promise<MachineDescription> {
  const osRelease = await readFile('/etc/os-release', 'utf8');
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryMiB: Math.round(totalmem() / 2 ** 20),
    architecture: arch(),
    kernel: release(),
    distribution: /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(osRelease)?.[1] ?? 'unknown',
    node: process.version,
    loadBefore: loadavg()[0] ?? 0,
  };
}

/** One line about the machine. */
export function machineText(machine: MachineDescription): string {
  const { processor, cores, memoryMiB, distribution, kernel, node, loadBefore } = machine;
  return [
    `${processor}, ${cores} cores, ${(memoryMiB / 1024).toFixed(0)} GiB`,
    distribution,
    `Linux ${kernel}`,
    `Node ${node}`,
    `load before ${loadBefore.toFixed(1)}`,
  ].join('; ');
}
