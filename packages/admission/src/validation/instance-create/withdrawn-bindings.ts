import { invalid, notSupported } from '../finding.ts';
import type { InstanceRule } from '../instance/subject.ts';

/** Bindings whose feature gates once switched them on: a cluster that still lists the gate is told, without a field. */
const gated = [
  { gate: 'Passt', binding: 'passt' },
  { gate: 'Macvtap', binding: 'macvtap' },
] as const;

/** Use of what discontinued feature gates switched on. */
export const discontinuedGateRules: readonly InstanceRule[] = [
  {
    id: 'FG-1',
    *check({ spec, configuration }) {
      for (const { gate, binding } of gated) {
        const isUsed = (spec.domain.devices.interfaces ?? []).some((nic) => nic[binding] !== undefined);
        if (isUsed && configuration.gates.has(gate))
          yield notSupported(undefined, `feature gate ${gate} is discontinued; use a binding plug-in`);
      }
    },
  },
];

/** Bindings that new instances and machines cannot have. For machines, too, the root is `spec`. */
export const networkCreateRules: readonly InstanceRule[] = (['slirp', 'passt', 'macvtap'] as const).map(
  (binding, index) => ({
    id: `NETC-${index + 1}`,
    *check({ spec, root }) {
      for (const [place, nic] of (spec.domain.devices.interfaces ?? []).entries())
        if (nic[binding] !== undefined)
          yield invalid(
            `${root}.domain.devices.interfaces[${place}].${binding}`,
            `the binding ${binding} no longer exists`,
          );
    },
  }),
);
