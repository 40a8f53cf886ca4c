import type { Cpu } from '@virtkit/hal';
import type { XmlElement } from './element.ts';

/**
 * Guest CPU. The host's model means nothing under emulation, where the fullest CPU that QEMU can emulate stands in for
 * it; without a wish the guest gets the host's model on KVM and QEMU's plain 64-bit CPU under emulation.
 */
export function cpuElement(cpu: Cpu, virtType: 'kvm' | 'qemu'): XmlElement {
  const topology = {
    '@sockets': cpu.sockets,
    '@dies': 1,
    '@cores': cpu.cores,
    '@threads': cpu.threads,
  };
  const feature = cpu.features.map(({ name, policy }) => ({ '@policy': policy, '@name': name }));
  const mode = (name: string): XmlElement => ({ '@mode': name, topology, feature });
  const custom = (model: string): XmlElement => ({
    '@mode': 'custom',
    '@match': 'exact',
    model: { '@fallback': 'forbid', '#text': model },
    topology,
    feature,
  });
  switch (cpu.model.kind) {
    case 'named':
      return custom(cpu.model.name);
    case 'default':
      return virtType === 'kvm' ? mode('host-model') : custom('qemu64');
    case 'host-model':
      return mode(virtType === 'kvm' ? 'host-model' : 'maximum');
    case 'host-passthrough':
      return mode(virtType === 'kvm' ? 'host-passthrough' : 'maximum');
  }
}
