import type { KubernetesObject, KubeVirt, VirtualMachine } from '@virtkit/core-types';
import { virtualMachine, type ApiWarning, type ConnectOptions } from '../src/index.ts';
import { failure, json, scriptedServer, type Answer, type ScriptedServer } from './scripted-server.ts';

export const namespace = 'default';
export const base = `/apis/kubevirt.io/v1/namespaces/${namespace}/virtualmachines`;
export const kubeVirts = '/apis/kubevirt.io/v1/kubevirts';
export const instancetype = '/apis/instancetype.kubevirt.io/v1beta1/virtualmachineclusterinstancetypes/small';

export const kubeVirt: KubeVirt = { metadata: { name: 'kubevirt', namespace: 'kubevirt' }, spec: {} };

export const good = virtualMachine({ name: 'web', memory: '512Mi', containerDisk: 'registry/disk:1' });

/** A machine whose disk has no volume, which its schema does not know. */
export function broken(machine: VirtualMachine = good): VirtualMachine {
  const template = machine.spec.template.spec;
  if (template === undefined) throw new Error('a machine without a template');
  const { devices } = template.domain;
  const disks = [...(devices.disks ?? []), { name: 'nowhere', disk: { bus: 'virtio' } }];
  const spec = { ...template, domain: { ...template.domain, devices: { ...devices, disks } } };
  return { ...machine, spec: { ...machine.spec, template: { ...machine.spec.template, spec } } };
}
export const brokenField = 'spec.template.spec.domain.devices.disks[1].name';

/** Answers paths with objects, or refuses them with a status; everything else does not exist. Writes are echoed. */
export function serving(objects: Readonly<Record<string, unknown>>): Answer {
  return (request, response) => {
    if (request.method !== 'GET') return json(response, JSON.parse(request.body));
    const object = objects[request.path] ?? (request.path === kubeVirts ? list(kubeVirt) : undefined);
    if (typeof object === 'number') return json(response, failure(object, 'Forbidden'), object);
    return object === undefined ? json(response, failure(404, 'NotFound'), 404) : json(response, object);
  };
}

export const list = (...items: KubernetesObject[]): object => ({ metadata: {}, items });

export async function validating(
  objects: Readonly<Record<string, unknown>> = {},
  options: ConnectOptions = {},
): Promise<{ server: ScriptedServer; warnings: ApiWarning[] } & AsyncDisposable> {
  const warnings: ApiWarning[] = [];
  const server = await scriptedServer(serving(objects), {
    validate: 'admission',
    onWarning: (warning) => warnings.push(warning),
    ...options,
  });
  return { server, warnings, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

export const requests = ({ seen }: ScriptedServer): string[] =>
  seen.map(({ method, path }) => `${method} ${path}`);
