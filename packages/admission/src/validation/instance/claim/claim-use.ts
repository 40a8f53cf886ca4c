import type { ClaimRequest } from '@virtkit/core-types';
import { duplicate, invalid } from '../../finding.ts';
import type { InstanceRule, InstanceSubject } from '../subject.ts';
import { claimKey } from './claim-key.ts';
import { isClaimed } from './claimed-devices.ts';

/** A request of a claim, and the device or network that uses it. */
interface Use {
  readonly key: string;
  /** `spec.networks[0]`. */
  readonly field: string;
}

function useOf(request: ClaimRequest | undefined, field: string): Use[] {
  const key = claimKey(request);
  return key === undefined ? [] : [{ key, field }];
}

/** What uses claims, kind by kind. */
function uses({ spec, root, configuration }: InstanceSubject): Use[][] {
  const { networks = [], domain } = spec;
  const ofDevices = (['gpus', 'hostDevices'] as const).map((kind) =>
    (domain.devices[kind] ?? []).flatMap((device, index) =>
      isClaimed(device) ? useOf(device, `${root}.domain.devices.${kind}[${index}]`) : [],
    ),
  );
  if (!configuration.gates.has('NetworkDevicesWithDRA')) return ofDevices;
  const ofNetworks = networks.flatMap(({ resourceClaim }, index) =>
    useOf(resourceClaim, `${root}.networks[${index}]`),
  );
  return [...ofDevices, ofNetworks];
}

/** How the resource claims of an instance are used as a whole. */
export const claimUseRules: readonly InstanceRule[] = [
  {
    id: 'DRA-15',
    *check(subject) {
      const earlierKinds = new Set<string>();
      for (const kind of uses(subject)) {
        for (const { key, field } of kind)
          if (earlierKinds.has(key))
            yield duplicate(field, 'a device of another kind uses this request of the claim');
        for (const { key } of kind) earlierKinds.add(key);
      }
    },
  },
  {
    id: 'DRA-16',
    *check({ spec: { resourceClaims = [], domain }, root }) {
      const known = new Set(resourceClaims.map(({ name }) => name));
      const devices = [...(domain.devices.gpus ?? []), ...(domain.devices.hostDevices ?? [])];
      const used = devices.filter(isClaimed).map(({ claimName = '' }) => claimName);
      const missing = new Set(used.filter((name) => name !== '' && !known.has(name)));
      if (missing.size > 0)
        yield invalid(
          `${root}.resourceClaims`,
          `devices use claims that are not here: ${[...missing].join(', ')}`,
        );
    },
  },
];
