import type { Pod, VirtualMachineInstance } from '@virtkit/core-types';
import { describe, expect, test } from 'vitest';
import { admit } from '../../src/admit/index.ts';
import { context, request, silence, type Circumstances } from './requests.ts';

type Edit = (pod: Pod, instance: VirtualMachineInstance) => void;

const pod = (): Pod => ({
  metadata: {
    name: 'virt-launcher-vm',
    labels: { 'kubevirt.io': 'virt-launcher' },
    ownerReferences: [{ apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachineInstance', name: 'vm', uid: 'u' }],
  },
  spec: {
    containers: [
      {
        name: 'compute',
        image: 'launcher:1',
        volumeMounts: [
          { name: 'root', mountPath: '/var' },
          { name: 'tokens', mountPath: '/var/run/tokens' },
        ],
      },
    ],
    volumes: [
      { name: 'root', emptyDir: {} },
      { name: 'tokens', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } },
    ],
  },
});
const instance = (): VirtualMachineInstance => ({
  metadata: { name: 'vm' },
  spec: {
    domain: { devices: { filesystems: [{ name: 'shared', virtiofs: {} }] } },
    volumes: [{ name: 'shared', containerPath: { path: '/var/run/tokens/mine', readOnly: true } }],
  },
});

async function added(edit: Edit = () => undefined, circumstances: Circumstances = {}) {
  const [made, running] = [pod(), instance()];
  edit(made, running);
  const result = await admit(
    request('pods', made, { resource: { group: '', version: 'v1', plural: 'pods' } }),
    context({
      featureGates: ['ContainerPathVolumes'],
      ...circumstances,
      lookups: { instance: () => Promise.resolve(running), ...circumstances.lookups },
    }),
  );
  expect(result.allowed).toBe(true);
  return result.patch;
}

describe('launcher Pods', () => {
  test('get a container for each of their folders that the guest shares', async () => {
    expect(await added()).toEqual([
      {
        op: 'add',
        path: '/spec/containers/-',
        value: {
          name: 'virtiofs-shared',
          image: 'launcher:1',
          imagePullPolicy: 'IfNotPresent',
          command: ['/usr/libexec/virtiofsd'],
          args: [
            '--socket-path=/var/run/kubevirt/virtiofs-containers/shared.sock',
            '--shared-dir=/virtiofs-data/shared',
            '--sandbox=none',
            '--cache=auto',
            '--migration-on-error=guest-error',
            '--migration-mode=find-paths',
            '--translate-uid=host:107:0:1',
          ],
          securityContext: {
            runAsUser: 107,
            runAsGroup: 107,
            runAsNonRoot: true,
            allowPrivilegeEscalation: false,
            capabilities: { drop: ['ALL'] },
          },
          volumeMounts: [
            { name: 'virtiofs-containers', mountPath: '/var/run/kubevirt/virtiofs-containers' },
            { name: 'tokens', mountPath: '/virtiofs-data/shared', readOnly: true, subPath: 'mine' },
          ],
        },
      },
    ]);
  });

  test('share a whole volume without a path inside of it', async () => {
    const patch = await added((_, { spec }) => void (spec.volumes![0]!.containerPath!.path = '/var'));
    expect(patch).toMatchObject([{ value: { volumeMounts: [{}, { name: 'root', readOnly: true }] } }]);
    expect(JSON.stringify(patch)).not.toMatch(/subPath|translate-uid/);
  });

  test.each<[string, Edit]>([
    [
      'the path may be written to',
      (_, { spec }) => {
        delete spec.volumes![0]!.containerPath!.readOnly;
      },
    ],
    ['the path is not mounted', (_, { spec }) => void (spec.volumes![0]!.containerPath!.path = '/etc')],
    ['the path only begins alike', (_, { spec }) => void (spec.volumes![0]!.containerPath!.path = '/vara')],
    [
      'the guest has no such file system',
      (_, { spec }) => {
        delete spec.domain.devices.filesystems;
      },
    ],
    [
      'the volume is a claim',
      ({ spec }) => void (spec.volumes![1] = { name: 'tokens', hostPath: { path: '/' } }),
    ],
    ['the container is there', ({ spec }) => void spec.containers.push({ name: 'virtiofs-shared' })],
    ['there is no launcher', ({ spec }) => void (spec.containers[0]!.name = 'other')],
    [
      'no instance owns the Pod',
      ({ metadata }) => {
        delete metadata.ownerReferences;
      },
    ],
    ['the Pod is no launcher', ({ metadata }) => void (metadata.labels = {})],
  ])('stay as they are where %s', async (_, edit) => {
    expect(await added(edit)).toEqual([]);
  });

  test('stay as they are where nothing can be told, or the gate is off', async () => {
    expect(await added(undefined, { lookups: { instance: silence } })).toEqual([]);
    expect(await added(undefined, { lookups: { instance: () => Promise.resolve(undefined) } })).toEqual([]);
    expect(await added(undefined, { featureGates: [] })).toEqual([]);
  });
});
