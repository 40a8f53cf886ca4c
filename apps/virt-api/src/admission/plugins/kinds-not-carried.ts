import type { AdmissionPlugin } from '@virtkit/apiserver';

/** Kinds of KubeVirt whose objects nothing would act on, with what is missing. */
const missing: ReadonlyMap<string, string> = new Map([
  ['virtualmachineinstancereplicasets', 'replica sets of instances'],
  ['virtualmachineinstancepresets', 'presets'],
  ['virtualmachineinstancemigrations', 'live migration'],
]);

/** Refuses to create objects that would lie there without effect. */
export const kindsNotCarriedAdmission: AdmissionPlugin = {
  name: 'carried-kinds.virtkit.dev',
  matches: ({ group, resource, subresource }, operation) =>
    group === 'kubevirt.io' && subresource === undefined && operation === 'CREATE' && missing.has(resource),
  validate: ({ resource: { resource } }) => ({
    denied: {
      code: 501,
      reason: 'NotImplemented',
      message: `${missing.get(resource) ?? resource} (${resource}.kubevirt.io) are not carried by this version of Virtkit`,
    },
  }),
};
