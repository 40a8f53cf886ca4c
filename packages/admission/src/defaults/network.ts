import type { Interface } from '@virtkit/core-types';
import type { SpecDefault } from './spec-default.ts';

const name = 'default';

/**
 * The Pod's network, for instances that name no network and do not refuse one (KubeVirt defaulting, network defaults). A
 * cluster that chooses a binding that does not exist gets the network without an interface, which validation refuses.
 */
export const networkDefault: SpecDefault = (spec, { values }) => {
  const { devices } = spec.domain;
  const named = (spec.networks ?? []).length > 0 || (devices.interfaces ?? []).length > 0;
  if (named || devices.autoattachPodInterface === false) return spec;
  const nic = bindings[values.network.defaultNetworkInterface];
  const interfaces = nic === undefined ? [] : [nic];
  return {
    ...spec,
    networks: [{ name, pod: {} }],
    domain: { ...spec.domain, devices: { ...devices, ...(interfaces.length === 0 ? {} : { interfaces }) } },
  };
};

const bindings: Readonly<Record<string, Interface>> = {
  bridge: { name, bridge: {} },
  masquerade: { name, masquerade: {} },
  slirp: { name, slirp: {} },
};
