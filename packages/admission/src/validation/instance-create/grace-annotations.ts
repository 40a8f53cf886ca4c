import { annotations, type ObjectMeta, type VirtualMachineInstanceSpec } from '@virtkit/core-types';
import type { ClusterConfiguration } from '../../configuration/cluster-configuration.ts';
import { invalid } from '../finding.ts';
import { requestedDevices } from '../instance/device/grace-devices.ts';
import type { Rule } from '../rule.ts';

/** What the rules for annotations of instances with NVIDIA Grace devices look at. */
export interface GraceAnnotationSubject {
  readonly metadata: Pick<ObjectMeta, 'annotations'>;
  /** Path of the metadata in its object: `metadata`, or `spec.template.metadata`. */
  readonly root: string;
  readonly spec: VirtualMachineInstanceSpec;
  readonly configuration: ClusterConfiguration;
}

/** Annotations that move PCI devices to where Grace devices do not work; whether or not their feature gate is on. */
const misplacing = [annotations.placePCIDevicesOnRootComplex, annotations.disablePCIHole64] as const;

/** Annotations of an instance, or of a template, that asks for NVIDIA Grace devices. */
export const graceAnnotationRules: readonly Rule<GraceAnnotationSubject>[] = misplacing.map(
  (annotation, index) => ({
    id: `GRCA-${index + 1}`,
    *check({ metadata, root, spec, configuration }) {
      if (metadata.annotations?.[annotation] !== 'true') return;
      if (requestedDevices(spec, configuration).some(({ grace }) => grace))
        yield invalid(`${root}.annotations[${annotation}]`, 'NVIDIA Grace devices do not work with this');
    },
  }),
);
