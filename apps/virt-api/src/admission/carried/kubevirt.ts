import { notSupported, type Finding } from '@virtkit/admission';
import { annotations, type KubeVirt } from '@virtkit/core-types';

/** What a KubeVirt object asks for but this installation has not: a hypervisor that it does not know. */
export function kubeVirtGaps({ metadata }: KubeVirt, hypervisors: readonly string[]): readonly Finding[] {
  const wanted = metadata.annotations?.[annotations.hypervisor];
  if (wanted === undefined || hypervisors.includes(wanted)) return [];
  const message = `hypervisor "${wanted}" is not one of ${hypervisors.join(', ')}`;
  return [
    { rule: 'VK-HYPERVISOR', ...notSupported(`metadata.annotations[${annotations.hypervisor}]`, message) },
  ];
}
