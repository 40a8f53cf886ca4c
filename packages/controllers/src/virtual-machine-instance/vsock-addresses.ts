import { randomInt } from 'node:crypto';
import type { VirtualMachineInstance } from '@virtkit/core-types';
import { isFinal } from '../instance-phase.ts';
import type { ObjectKey } from '../runtime/object-key.ts';

/** Smaller ones mean the host and what is local; the largest means any (vsock(7)). */
const firstAddress = 3;
const lastAddress = 2 ** 32 - 2;

/** Addresses (CIDs) of guests with a VSOCK device: random, and each in use once in the cluster (KubeVirt lifecycle, VSOCKCID). */
export class VsockAddresses {
  /** Chosen by this process; kept as long as the instance is there, so that a write that failed is made again alike. */
  readonly #chosen = new Map<ObjectKey, number>();
  readonly #random: () => number;

  constructor(random: () => number = () => randomInt(firstAddress, lastAddress + 1)) {
    this.#random = random;
  }

  /**
   * The address of an instance: the one in its status, or a new one; undefined when it needs none.
   *
   * @param inUse whether the status of any instance has this address
   */
  of(
    key: ObjectKey,
    { spec, status }: VirtualMachineInstance,
    inUse: (address: number) => boolean,
  ): number | undefined {
    if (spec.domain.devices.autoattachVSOCK !== true) return undefined;
    if (status?.VSOCKCID !== undefined) return status.VSOCKCID;
    const before = this.#chosen.get(key);
    if (before !== undefined) return before;
    const chosen = new Set(this.#chosen.values());
    let address = this.#random();
    while (chosen.has(address) || inUse(address)) address = this.#random();
    this.#chosen.set(key, address);
    return address;
  }

  /** The instance is gone. */
  forget(key: ObjectKey): void {
    this.#chosen.delete(key);
  }
}

/** Index of instances by the address of their guest; one that has ended uses none. */
export function byVsockAddress(instance: VirtualMachineInstance): string[] {
  const address = instance.status?.VSOCKCID;
  return address === undefined || isFinal(instance) ? [] : [String(address)];
}
