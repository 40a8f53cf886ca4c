import { admissionConfiguration, type AdmissionConfiguration } from '../../src/cluster/configuration.ts';

/** The configuration of a cluster without a KubeVirt object. */
export const configuration: AdmissionConfiguration = admissionConfiguration(undefined, ['kvm-qemu', 'mock']);
