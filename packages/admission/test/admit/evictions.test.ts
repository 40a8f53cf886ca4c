import type { Pod, VirtualMachineInstance } from '@virtkit/core-types';
import { describe, expect, test } from 'vitest';
import { admit, type AdmissionContext } from '../../src/admit/index.ts';
import { context, request, silence, type Circumstances } from './requests.ts';

const launcher: Pod = {
  metadata: {
    name: 'virt-launcher-vm',
    labels: { 'kubevirt.io': 'virt-launcher' },
    annotations: { 'kubevirt.io/domain': 'vm' },
  },
  spec: { nodeName: 'node-1', containers: [] },
  status: { phase: 'Running' },
};
const plugger: Pod = {
  metadata: {
    name: 'hp-volume-x',
    labels: { 'kubevirt.io': 'hotplug-disk' },
    ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'virt-launcher-vm', uid: 'u' }],
  },
  spec: { containers: [] },
};
const running: VirtualMachineInstance = {
  metadata: { namespace: 'default', name: 'vm' },
  spec: { domain: { devices: {} }, evictionStrategy: 'External' },
  status: { nodeName: 'node-1' },
};

const pods = [launcher, plugger];
const pod = (_: string, name: string) => Promise.resolve(pods.find(({ metadata }) => metadata.name === name));
const instance = (_: string, name: string) => Promise.resolve(name === 'vm' ? running : undefined);

const evict = (name: string, circumstances: Circumstances, object: unknown = { metadata: { name } }) =>
  admit(
    request('pods', object, {
      resource: { group: '', version: 'v1', plural: 'pods' },
      subresource: 'eviction',
      name,
    }),
    context({ ...circumstances, lookups: { pod, instance, ...circumstances.lookups } }),
  );

describe('evictions', () => {
  test('mark the instance, and are put off', async () => {
    const marked: Parameters<NonNullable<AdmissionContext['markEvacuation']>>[] = [];
    const markEvacuation: AdmissionContext['markEvacuation'] = (...call) => {
      marked.push(call);
      return Promise.resolve();
    };
    const result = await evict('virt-launcher-vm', { markEvacuation });
    expect(result).toMatchObject({
      allowed: false,
      code: 429,
      message: 'Eviction triggered evacuation of VMI "default/vm"',
    });
    expect(result.causes).toBeUndefined();
    const patch = [{ op: 'add', path: '/status/evacuationNodeName', value: 'node-1' }];
    const dry = { metadata: {}, deleteOptions: { dryRun: ['All'] } };
    await evict('virt-launcher-vm', { markEvacuation }, dry);
    expect(marked).toEqual([
      [running, patch, { dryRun: false }],
      [running, patch, { dryRun: true }],
    ]);
  });

  test('are put off where the instance could not be marked', async () => {
    const failed = await evict('virt-launcher-vm', { markEvacuation: silence });
    expect(failed).toMatchObject({ code: 429, message: 'the API server does not answer' });
    expect(await evict('virt-launcher-vm', {})).toMatchObject({ allowed: false, code: 429 });
    expect(await evict('virt-launcher-vm', {}, 'nonsense')).toMatchObject({ code: 429 });
  });

  test('of Pods that plug volumes are put off while the instance runs', async () => {
    expect(await evict('hp-volume-x', {})).toMatchObject({ allowed: false, code: 429 });
    const gone = { lookups: { instance: () => Promise.resolve(undefined) } };
    expect(await evict('hp-volume-x', gone)).toMatchObject({ allowed: true });
  });

  test('of Pods that cannot be read are allowed, of launchers whose instance cannot be read are not', async () => {
    expect(await evict('virt-launcher-vm', { lookups: { pod: silence } })).toMatchObject({ allowed: true });
    expect(await evict('virt-launcher-vm', { lookups: { instance: silence } })).toMatchObject({ code: 429 });
  });
});
