import { labels, PodSchema, type JsonPatchOperation } from '@virtkit/core-types';
import { containerPathContainers } from '../../defaults/launcher-pod.ts';
import { passed, readObject, unchanged, type KindAdmission } from '../kind.ts';
import { lookUpLeniently } from '../look-up.ts';
import { namespaceOf } from '../request.ts';

/** Launcher Pods, which get the containers that share their own folders with the guest. Whatever is amiss, they pass. */
export const launcherPods: KindAdmission = {
  resource: { group: '', plural: 'pods', versions: ['v1'] },
  mutates: ['CREATE'],
  validates: [],
  async mutate(request, { configuration, lookups }) {
    if (!configuration.gates.has('ContainerPathVolumes')) return unchanged;
    const read = readObject(PodSchema, request.object);
    if (!read.ok || read.value.metadata.labels?.[labels.app] !== 'virt-launcher') return unchanged;
    const owner = read.value.metadata.ownerReferences?.find(
      ({ kind, apiVersion }) => kind === 'VirtualMachineInstance' && apiVersion === 'kubevirt.io/v1',
    );
    if (owner === undefined) return unchanged;
    const instance = await lookUpLeniently(() => lookups.instance(namespaceOf(request), owner.name));
    if (instance === undefined) return unchanged;
    const patch = containerPathContainers(read.value, instance).map((value): JsonPatchOperation => ({
      op: 'add',
      path: '/spec/containers/-',
      value,
    }));
    return { ok: true, patch, warnings: [] };
  },
  validate: () => passed,
};
