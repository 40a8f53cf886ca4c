import { denialOf, parseObject, type Finding } from '@virtkit/admission';
import type { AdmissionPlugin, AdmissionRequest } from '@virtkit/apiserver';
import {
  KubeVirtSchema,
  resources,
  VirtualMachineInstanceSchema,
  VirtualMachineSchema,
  type ResourceDefinition,
} from '@virtkit/core-types';
import type { z } from 'zod';
import { instanceGaps } from '../carried/instance.ts';
import { kubeVirtGaps } from '../carried/kubevirt.ts';
import { machineGaps } from '../carried/machine.ts';
import type { PluginContext } from './context.ts';

type Judge = (request: AdmissionRequest) => readonly Finding[];

/** Refuses what KubeVirt would take but nothing here carries out; after KubeVirt's own rules. */
export function carriedAdmission({ hypervisors }: PluginContext): AdmissionPlugin {
  const judges: ReadonlyMap<string, Judge> = new Map([
    [
      keyOf(resources.virtualMachines),
      judging(VirtualMachineSchema, ({ spec, metadata }) =>
        metadata.deletionTimestamp === undefined ? machineGaps(spec) : [],
      ),
    ],
    [
      keyOf(resources.virtualMachineInstances),
      creationOnly(judging(VirtualMachineInstanceSchema, ({ spec }) => instanceGaps(spec, 'spec'))),
    ],
    [keyOf(resources.kubeVirts), judging(KubeVirtSchema, (kubevirt) => kubeVirtGaps(kubevirt, hypervisors))],
  ]);
  return {
    name: 'carried.virtkit.dev',
    matches: ({ group, resource: plural, subresource }, operation) =>
      (operation === 'CREATE' || operation === 'UPDATE') && judges.has(keyOf({ group, plural }, subresource)),
    validate(request) {
      const { group, resource: plural } = request.resource;
      return denialOf(judges.get(keyOf({ group, plural }, request.subresource))?.(request) ?? []);
    },
  };
}

/** What does not fit its schema was refused before. */
function judging<T>(schema: z.ZodType<T>, judge: (object: T) => readonly Finding[]): Judge {
  return ({ object }) => {
    const parsed = parseObject(schema, object);
    return parsed.ok ? judge(parsed.value) : parsed.findings;
  };
}

/** The spec of an instance is fixed, but for what its controllers change. */
function creationOnly(judge: Judge): Judge {
  return (request) => (request.operation === 'CREATE' ? judge(request) : []);
}

function keyOf({ group, plural }: Pick<ResourceDefinition, 'group' | 'plural'>, subresource = ''): string {
  return `${plural}.${group}/${subresource}`;
}
