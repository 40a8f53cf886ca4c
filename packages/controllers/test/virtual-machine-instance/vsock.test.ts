import { describe, expect, it } from 'vitest';
import type { VirtualMachineInstance } from '@virtkit/core-types';
import { observeInstance } from '../../src/index.ts';
import { projectInstance } from '../../src/virtual-machine-instance/project.ts';
import { byVsockAddress, VsockAddresses } from '../../src/virtual-machine-instance/vsock-addresses.ts';
import { instanceOf, podOf, runningPod } from '../builders.ts';

function withDevice(status: VirtualMachineInstance['status'] = {}): VirtualMachineInstance {
  const instance = instanceOf(status ?? {});
  instance.spec.domain.devices.autoattachVSOCK = true;
  return instance;
}
const nobody = () => false;
const numbers = (...values: number[]) => {
  const left = [...values];
  return () => left.shift() ?? Number.NaN;
};

describe('VSOCK addresses', () => {
  it('are 3 and more, and only for instances with the device', () => {
    const addresses = new VsockAddresses();
    expect(addresses.of('default/plain', instanceOf({}), nobody)).toBeUndefined();
    for (let count = 0; count < 100; count++) {
      const address = addresses.of(`default/vm-${count}`, withDevice(), nobody) ?? 0;
      expect(address).toBeGreaterThanOrEqual(3);
      expect(address).toBeLessThan(2 ** 32 - 1);
    }
  });

  it('are chosen once, and none that another instance has or will have', () => {
    const addresses = new VsockAddresses(numbers(7, 7, 8, 9, 10, 7));
    expect(addresses.of('default/a', withDevice(), nobody)).toBe(7);
    expect(addresses.of('default/a', withDevice(), nobody)).toBe(7);
    expect(addresses.of('default/b', withDevice(), (address) => address < 10)).toBe(10);
    addresses.forget('default/a');
    expect(addresses.of('default/c', withDevice(), nobody)).toBe(7);
  });

  it('stay what the status says', () => {
    const addresses = new VsockAddresses(numbers());
    expect(addresses.of('default/a', withDevice({ VSOCKCID: 5 }), () => true)).toBe(5);
  });

  it('are free again when an instance has ended', () => {
    expect(byVsockAddress(withDevice({ VSOCKCID: 5, phase: 'Running' }))).toEqual(['5']);
    expect(byVsockAddress(withDevice({ VSOCKCID: 5, phase: 'Succeeded' }))).toEqual([]);
    expect(byVsockAddress(withDevice({ phase: 'Running' }))).toEqual([]);
  });

  it('enter the status when the instance is handed over', () => {
    const cid = (phase: string) => {
      const observation = observeInstance({
        instance: withDevice({ phase }),
        candidates: [podOf(runningPod, {}, 'node-1')],
        ownerGone: false,
        launcherImage: 'launcher:1',
        vsockAddress: 77,
        now: 0,
      });
      return projectInstance(observation, undefined).status;
    };
    expect(cid('Scheduling')).toMatchObject({ phase: 'Scheduled', VSOCKCID: 77 });
    expect(cid('Running')?.VSOCKCID).toBeUndefined();
  });
});
