import { withSystemMetadata } from '@virtkit/admission';
import type { AdmissionPlugin } from '@virtkit/apiserver';
import { finalizers, resources } from '@virtkit/core-types';

const { group, plural } = resources.virtualMachines;

/**
 * Gives virtual machines the finalizer and the annotations that their controller would write first, which saves it a write.
 * Machines that are being deleted stay as they are, so that the finalizer can be removed.
 */
export const machineMetadataAdmission: AdmissionPlugin = {
  name: 'machine-metadata.virtkit.dev',
  matches: (target, operation) =>
    target.group === group &&
    target.resource === plural &&
    target.subresource === undefined &&
    (operation === 'CREATE' || operation === 'UPDATE'),
  mutate({ object }) {
    if (object === undefined || object.metadata.deletionTimestamp !== undefined) return undefined;
    const given = object.metadata;
    const { annotations = {}, finalizers: guarded = [] } = withSystemMetadata(given, finalizers.machine);
    return { object: { ...object, metadata: { ...given, annotations, finalizers: guarded } } };
  },
};
