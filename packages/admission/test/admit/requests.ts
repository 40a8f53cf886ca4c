import { clusterConfiguration } from '../../src/configuration/index.ts';
import {
  offlineContext,
  offlineLookups,
  type AdmissionContext,
  type AdmissionLookups,
  type AdmissionRequest,
} from '../../src/admit/index.ts';

const person = { name: 'alice', groups: ['system:authenticated'] };
export const controller = { name: 'system:serviceaccount:kubevirt:kubevirt-controller' };

/** A request of an ordinary user about an object of `kubevirt.io/v1`. */
export function request(
  plural: string,
  object: unknown,
  change: Partial<AdmissionRequest> = {},
): AdmissionRequest {
  return {
    operation: 'CREATE',
    resource: { group: 'kubevirt.io', version: 'v1', plural },
    namespace: 'default',
    object,
    user: person,
    ...change,
  };
}

export interface Circumstances {
  readonly lookups?: Partial<AdmissionLookups>;
  readonly featureGates?: string[];
  readonly disabledFeatureGates?: string[];
  readonly defaultNetworkInterface?: string;
  readonly evictionStrategy?: string;
  readonly markEvacuation?: AdmissionContext['markEvacuation'];
}

/** A context in which the UUIDs are counted and the time stands still. */
export function context(given: Circumstances = {}): AdmissionContext {
  const { lookups = {}, featureGates = [], disabledFeatureGates = [], markEvacuation } = given;
  const { defaultNetworkInterface, evictionStrategy } = given;
  let count = 0;
  return offlineContext({
    uuid: () => `0000000${(count += 1)}-0000-4000-8000-000000000000`,
    now: () => '2026-01-01T12:00:00Z',
    lookups: { ...offlineLookups, ...lookups },
    configuration: clusterConfiguration({
      metadata: {},
      spec: {
        configuration: {
          developerConfiguration: { featureGates, disabledFeatureGates },
          ...(defaultNetworkInterface === undefined ? {} : { network: { defaultNetworkInterface } }),
          ...(evictionStrategy === undefined ? {} : { evictionStrategy }),
        },
      },
    }),
    ...(markEvacuation === undefined ? {} : { markEvacuation }),
  });
}

/** A machine as a person writes it. */
export const plainMachine = {
  apiVersion: 'kubevirt.io/v1',
  kind: 'VirtualMachine',
  metadata: { name: 'vm', namespace: 'default' },
  spec: {
    runStrategy: 'Always',
    template: {
      spec: {
        domain: { devices: {}, resources: { requests: { memory: '1Gi' } } },
        volumes: [{ name: 'system', containerDisk: { image: 'registry.example/guest:1' } }],
      },
    },
  },
};

/** An instance as a person writes it. */
export const plainInstance = {
  apiVersion: 'kubevirt.io/v1',
  kind: 'VirtualMachineInstance',
  metadata: { name: 'vmi', namespace: 'default' },
  spec: plainMachine.spec.template.spec,
};

/** A look-up that cannot be answered. */
export const silence = (): Promise<never> => Promise.reject(new Error('the API server does not answer'));
