import type { Pod, Volume, VolumeStatus } from '@virtkit/core-types';
import { isDeleted, waitFor } from '@virtkit/sdk';
import { describe, expect, it } from 'vitest';
import { createRunning, mockMachine, patience, runOf, runsAnew } from '../support/machines.ts';
import { createDisk } from '../support/claim-pods.ts';
import { needsPlatform } from '../support/needs.ts';
import { sharedPlatform } from '../support/shared-platform.ts';

const cluster = sharedPlatform(needsPlatform, { hypervisor: 'mock' });

/** Waits until the status of a machine's volume is so; an entry that is gone is undefined. */
async function volume(
  machine: string,
  name: string,
  condition: (entry: VolumeStatus | undefined) => boolean,
): Promise<VolumeStatus | undefined> {
  const entryOf = (entries: VolumeStatus[] = []) => entries.find((entry) => entry.name === name);
  const instance = await waitFor(
    cluster().client.virtualMachineInstances,
    machine,
    (one) => one !== undefined && condition(entryOf(one.status?.volumeStatus)),
    { timeoutSeconds: patience },
  );
  return entryOf(instance?.status?.volumeStatus);
}

const isReady = (entry: VolumeStatus | undefined): boolean => entry?.phase === 'Ready';

async function attachmentPods(): Promise<Pod[]> {
  const { items } = await cluster().client.pods.list({ labelSelector: 'kubevirt.io=hotplug-disk' });
  return items;
}

describe('a volume of a running machine', () => {
  it('is added, plugged in, and taken away again', async () => {
    await createDisk(cluster(), 'extra');
    await createRunning(cluster(), mockMachine(cluster(), { name: 'plugged' }));
    await cluster().virtctl(['addvolume', 'plugged', '--volume-name', 'extra']);
    const ready = await volume('plugged', 'extra', isReady);
    expect(ready).toMatchObject({
      target: 'sda',
      reason: 'VolumeReady',
      persistentVolumeClaimInfo: { claimName: 'extra', volumeMode: 'Filesystem' },
    });
    const [pod] = await attachmentPods();
    expect(ready?.hotplugVolume).toEqual({
      attachPodName: pod?.metadata.name,
      attachPodUID: pod?.metadata.uid,
    });
    const { conditions } = (await cluster().client.virtualMachines.get('plugged')).status ?? {};
    expect(conditions?.find(({ type }) => type === 'RestartRequired')).toBeUndefined();

    await cluster().virtctl(['removevolume', 'plugged', '--volume-name', 'extra']);
    await volume('plugged', 'extra', (entry) => entry === undefined);
    await waitFor(cluster().client.pods, pod?.metadata.name ?? '', isDeleted, { timeoutSeconds: patience });
  });

  it('is plugged in and out although the node agent and the controller are killed meanwhile', async () => {
    await createDisk(cluster(), 'survivor');
    await createRunning(cluster(), mockMachine(cluster(), { name: 'killed' }));
    await cluster().virtctl(['addvolume', 'killed', '--volume-name', 'survivor', '--bus', 'virtio']);
    await cluster().killProgram('virt-handler');
    await cluster().killProgram('virt-controller');
    const { target } = (await volume('killed', 'survivor', isReady)) ?? {};
    expect(target).toMatch(/^vd[a-z]$/);
    await cluster().virtctl(['removevolume', 'killed', '--volume-name', 'survivor']);
    await cluster().killProgram('virt-controller');
    await cluster().killProgram('virt-handler');
    await volume('killed', 'survivor', (entry) => entry === undefined);
  });

  it('waits for its claim, and is there from the start of the next run', async () => {
    const { client } = cluster();
    const machine = mockMachine(cluster(), { name: 'late' });
    await createRunning(cluster(), machine);
    const { disks = [] } = machine.spec.template.spec!.domain.devices;
    const { volumes = [] } = machine.spec.template.spec!;
    const data: Volume = { name: 'data', persistentVolumeClaim: { claimName: 'later', hotpluggable: true } };
    const spec = {
      domain: { devices: { disks: [...disks, { name: 'data', disk: { bus: 'scsi' } }] } },
      volumes: [...volumes, data],
    };
    await client.virtualMachines.patch('late', { type: 'merge', body: { spec: { template: { spec } } } });
    const waiting = await volume('late', 'data', (entry) => entry?.phase === 'Pending');
    expect(waiting).toMatchObject({ reason: 'FailedPvcNotFound', hotplugVolume: {} });
    await createDisk(cluster(), 'later');
    await volume('late', 'data', isReady);
    const before = await runOf(cluster(), 'late');
    await client.virtualMachines.restart('late');
    await runsAnew(cluster(), 'late', before);
    await volume('late', 'data', isReady);
  });

  it('goes into a drive that was empty, and out again', async () => {
    const { client } = cluster();
    await createDisk(cluster(), 'medium');
    const machine = mockMachine(cluster(), { name: 'drive' });
    machine.spec.template.spec!.domain.devices.disks?.push({ name: 'cd', cdrom: { bus: 'sata' } });
    await createRunning(cluster(), machine);
    const rest = machine.spec.template.spec?.volumes ?? [];
    const change = (volumes: Volume[]) =>
      client.virtualMachines.patch('drive', {
        type: 'merge',
        body: { spec: { template: { spec: { volumes } } } },
      });
    await change([
      ...rest,
      { name: 'cd', persistentVolumeClaim: { claimName: 'medium', hotpluggable: true } },
    ]);
    expect((await volume('drive', 'cd', isReady))?.target).toBe('sda');
    await change(rest);
    await volume('drive', 'cd', (entry) => entry === undefined);
    const { spec } = await client.virtualMachineInstances.get('drive');
    expect(spec.domain.devices.disks?.map(({ name }) => name)).toContain('cd');
  });

  it('is asked for in the status where the gate HotplugVolumes is on, and the request ends', async () => {
    const { client } = cluster();
    const { items } = await client.kubeVirts.list({ namespace: 'kubevirt' });
    const setGates = (featureGates: string[]) =>
      client.kubeVirts.patch(
        items[0]?.metadata.name ?? '',
        { type: 'merge', body: { spec: { configuration: { developerConfiguration: { featureGates } } } } },
        { namespace: 'kubevirt' },
      );
    await createDisk(cluster(), 'asked');
    await createRunning(cluster(), mockMachine(cluster(), { name: 'asking' }));
    await setGates(['HotplugVolumes']);
    await cluster().virtctl(['addvolume', 'asking', '--volume-name', 'asked']);
    await volume('asking', 'asked', isReady);
    const machine = await waitFor(
      client.virtualMachines,
      'asking',
      (one) => one !== undefined && one.status?.volumeRequests === undefined,
      { timeoutSeconds: patience },
    );
    expect(machine?.spec.template.spec?.volumes?.map(({ name }) => name)).toContain('asked');
    await cluster().virtctl(['removevolume', 'asking', '--volume-name', 'asked']);
    await volume('asking', 'asked', (entry) => entry === undefined);
    await setGates([]);
  });
});
