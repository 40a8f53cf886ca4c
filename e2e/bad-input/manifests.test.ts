import { beforeEach, describe, expect, it } from 'vitest';
import { createRunning, mockMachine, remove, running, status } from '../support/machines.ts';
import { needsPlatform } from '../support/needs.ts';
import { sharedPlatform } from '../support/shared-platform.ts';

const cluster = sharedPlatform(needsPlatform, { hypervisor: 'mock' });

/** A machine's manifest as people write it, with something changed. */
function manifest(name: string, change: (spec: Record<string, unknown>) => void): string {
  const machine = JSON.parse(JSON.stringify(mockMachine(cluster(), { name }))) as {
    spec: { template: { spec: Record<string, unknown> } };
  };
  change(machine.spec.template.spec);
  return JSON.stringify(machine);
}

/** What kubectl prints when the API server refuses a manifest. */
async function refusal(text: string): Promise<string> {
  const { exitCode, stderr } = await cluster().kubectl(['create', '-f', '-'], { input: text, mayFail: true });
  expect(exitCode).not.toBe(0);
  return stderr;
}

describe('a manifest that is wrong', () => {
  beforeEach(() => expect.hasAssertions());

  it.each([
    {
      what: 'a wrong type',
      change: (spec: Record<string, unknown>) => {
        spec['domain'] = { ...(spec['domain'] as object), cpu: { cores: 'two' } };
      },
      says: /spec\.template\.spec\.domain\.cpu\.cores/,
    },
    {
      what: 'an unknown field',
      change: (spec: Record<string, unknown>) => {
        spec['domian'] = {};
      },
      says: /unknown field "spec\.template\.spec\.domian"/,
    },
    {
      what: 'a disk without its volume',
      change: (spec: Record<string, unknown>) => {
        spec['volumes'] = [];
      },
      says: /spec\.template\.spec\.domain\.devices\.disks\[0\]\.(name|Name)/,
    },
    {
      what: 'a field that is not carried yet',
      change: (spec: Record<string, unknown>) => {
        spec['resourceClaims'] = [{ name: 'claim', resourceClaimName: 'claim' }];
      },
      says: /spec\.template\.spec\.resourceClaims/,
    },
    {
      what: 'a hypervisor that there is not',
      change: () => undefined,
      annotation: 'xen',
      says: /xen.*(kvm-qemu|mock)/s,
    },
  ])('$what is refused with the field and what is wrong with it', async ({ change, says, annotation }) => {
    const text = manifest('wrong', change);
    const changed =
      annotation === undefined
        ? text
        : text.replace('"virtkit.dev/hypervisor":"mock"', `"virtkit.dev/hypervisor":"${annotation}"`);
    expect(await refusal(changed)).toMatch(says);
    expect((await cluster().client.virtualMachines.list()).items).toEqual([]);
  });

  it('a change that is refused leaves the machine as it was', async () => {
    await createRunning(cluster(), mockMachine(cluster(), { name: 'kept' }));
    const { exitCode, stderr } = await cluster().kubectl(
      ['patch', 'vm', 'kept', '--type=merge', '-p', '{"spec":{"runStrategy":"Sometimes"}}'],
      { mayFail: true },
    );
    expect(exitCode).not.toBe(0);
    expect(stderr).toMatch(/spec\.runStrategy/);
    await running(cluster(), 'kept');
    await remove(cluster(), 'kept');
  });

  it('an image that does not exist stays visible as such, with the way out', async () => {
    await cluster().client.virtualMachines.create(
      mockMachine(cluster(), { name: 'no-image', containerDisk: 'virtkit.dev/nowhere:1' }),
    );
    await status(cluster(), 'no-image', 'ErrImagePull').catch(() =>
      status(cluster(), 'no-image', 'ImagePullBackOff'),
    );
    const { stdout } = await cluster().kubectl(['get', 'pods', '-o', 'json']);
    expect(stdout).toContain('virtkit.dev/nowhere:1');
    expect(stdout).toMatch(/virtkit image (load|make-disk)/);
    await remove(cluster(), 'no-image');
  });

  it('memory that there is not is said with how much is missing', async () => {
    await cluster().client.virtualMachines.create(mockMachine(cluster(), { name: 'huge', memory: '8Ti' }));
    await status(cluster(), 'huge', 'ErrorUnschedulable');
    const { stdout } = await cluster().kubectl(['describe', 'vmi', 'huge']);
    expect(stdout).toMatch(/Insufficient memory/i);
    await remove(cluster(), 'huge');
  });
});
