import { describe, expect, it } from 'vitest';
import {
  crd,
  CustomResourceDefinitionSchema,
  resources,
  structuralSchema,
  unknownFields,
  VirtualMachineInstanceSchema,
  VirtualMachineSchema,
  type ResourceDefinition,
  type StructuralSchema,
} from '@virtkit/core-types';
import * as z from 'zod';

type AnyDefinition = ResourceDefinition<unknown>;
const kinds: AnyDefinition[] = Object.values(resources).filter(
  ({ group }) => group.endsWith('.kubevirt.io') || group === 'kubevirt.io',
);

function schemaOf(definition: AnyDefinition): StructuralSchema {
  return crd(definition).spec.versions[0]!.schema!.openAPIV3Schema as StructuralSchema;
}

function at(schema: StructuralSchema, path: string): StructuralSchema {
  return path.split('.').reduce((node, key) => (key === '[]' ? node.items! : node.properties![key]!), schema);
}

/** Violations of the rules of structural schemas, by path. */
function violations(node: StructuralSchema, path = '$', found: string[] = []): string[] {
  const keys = new Set(Object.keys(node));
  for (const key of [
    '$ref',
    '$schema',
    '$defs',
    'allOf',
    'oneOf',
    'not',
    'const',
    'propertyNames',
    'uniqueItems',
  ]) {
    if (keys.has(key)) found.push(`${path}: ${key}`);
  }
  if (keys.has('properties') && keys.has('additionalProperties'))
    found.push(`${path}: both kinds of properties`);
  const open =
    node['x-kubernetes-int-or-string'] === true || node['x-kubernetes-preserve-unknown-fields'] === true;
  if (typeof node.type !== 'string' && !open) found.push(`${path}: no type`);
  if (node.anyOf !== undefined && node['x-kubernetes-int-or-string'] !== true) found.push(`${path}: anyOf`);
  if (node.type === 'array' && node.items === undefined) found.push(`${path}: no items`);
  for (const key of node['x-kubernetes-list-map-keys'] ?? []) {
    if (!node.items?.required?.includes(key)) found.push(`${path}: list key ${key} is optional`);
  }
  if (node.pattern !== undefined && /\(\?[=!<]/.test(node.pattern))
    found.push(`${path}: look-around in pattern`);
  if (node.items) violations(node.items, `${path}[]`, found);
  if (node.additionalProperties) violations(node.additionalProperties, `${path}{}`, found);
  for (const [key, child] of Object.entries(node.properties ?? {}))
    violations(child, `${path}.${key}`, found);
  return found;
}

describe('crd', () => {
  it.each(kinds)('$kind has a structural schema', (definition) => {
    expect(violations(schemaOf(definition))).toEqual([]);
    expect(CustomResourceDefinitionSchema.safeParse(crd(definition)).error).toBeUndefined();
    expect(unknownFields(CustomResourceDefinitionSchema, crd(definition))).toEqual([]);
  });

  it('names the resource', () => {
    const { metadata, spec } = crd(resources.virtualMachines, { labels: { 'kubevirt.io': '' } });
    expect(metadata).toEqual({ name: 'virtualmachines.kubevirt.io', labels: { 'kubevirt.io': '' } });
    expect(spec).toMatchObject({
      group: 'kubevirt.io',
      scope: 'Namespaced',
      names: {
        kind: 'VirtualMachine',
        listKind: 'VirtualMachineList',
        shortNames: ['vm', 'vms'],
        categories: ['all'],
      },
    });
  });

  it('gives every kind of kubevirt.io its status subresource except the instance and the preset', () => {
    const without = kinds
      .filter(({ group }) => group === 'kubevirt.io')
      .filter((kind) => !crd(kind).spec.versions[0]!.subresources?.status)
      .map(({ kind }) => kind);
    expect(without.sort()).toEqual(['VirtualMachineInstance', 'VirtualMachineInstancePreset']);
    expect(crd(resources.virtualMachineInstanceReplicaSets).spec.versions[0]!.subresources).toEqual({
      status: {},
      scale: {
        specReplicasPath: '.spec.replicas',
        statusReplicasPath: '.status.replicas',
        labelSelectorPath: '.status.labelSelector',
      },
    });
  });

  it('serves further versions without storing them', () => {
    const { versions } = crd(resources.virtualMachines, {
      additionalVersions: [{ name: 'v1alpha3', deprecated: true, deprecationWarning: 'use v1' }],
    }).spec;
    expect(versions.map(({ name, storage, deprecated }) => [name, storage, deprecated])).toEqual([
      ['v1', true, undefined],
      ['v1alpha3', false, true],
    ]);
    expect(versions[1]!.schema).toEqual(versions[0]!.schema);
  });

  it('stores the main version, or the one that is marked', () => {
    const stored = (definition: AnyDefinition): unknown[] =>
      crd(definition).spec.versions.map(({ name, storage, deprecated }) => [
        name,
        storage,
        deprecated === true,
      ]);
    expect(stored(resources.virtualMachines)).toEqual([
      ['v1', true, false],
      ['v1alpha3', false, true],
    ]);
    expect(stored(resources.virtualMachineInstancePresets)).toEqual([
      ['v1', false, true],
      ['v1alpha3', true, true],
    ]);
    expect(stored(resources.virtualMachinePreferences)).toEqual([['v1beta1', true, false]]);
  });

  it('carries what the fields say', () => {
    const vm = schemaOf(resources.virtualMachines);
    expect(vm.required).toEqual(['spec']);
    expect(at(vm, 'metadata')).toEqual({ type: 'object' });
    expect(at(vm, 'status').nullable).toBe(true);
    expect(at(vm, 'status.printableStatus').default).toBe('Stopped');
    const spec = at(vm, 'spec.template.spec');
    expect(at(vm, 'spec.template.metadata')['x-kubernetes-preserve-unknown-fields']).toBe(true);
    expect(at(spec, 'domain.rebootPolicy').enum).toEqual(['Reboot', 'Terminate']);
    expect(at(spec, 'domain.cpu.cores')).toMatchObject({ type: 'integer', format: 'int64' });
    expect(at(spec, 'domain.cpu.cores').maximum).toBeUndefined();
    expect(at(spec, 'domain.memory.guest')).toMatchObject({
      anyOf: [{ type: 'integer' }, { type: 'string' }],
      'x-kubernetes-int-or-string': true,
    });
    expect(at(spec, 'volumes').maxItems).toBe(256);
    expect(at(spec, 'utilityVolumes')).toMatchObject({
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
    });
    expect(at(spec, 'nodeSelector').additionalProperties).toEqual({ type: 'string' });
    expect(at(spec, 'volumes.[].containerPath.readOnly')).toEqual({
      type: 'boolean',
      default: true,
      enum: [true],
    });
    const vmi = schemaOf(resources.virtualMachineInstances);
    expect(at(vmi, 'status.VSOCKCID')).toMatchObject({ minimum: 0, maximum: 4_294_967_295 });
    expect(at(vmi, 'status.conditions.[].lastProbeTime')).toEqual({
      type: 'string',
      format: 'date-time',
      nullable: true,
    });
  });

  it.each<[string, z.ZodType]>([
    ['a choice', z.union([z.string(), z.boolean()])],
    ['a tuple', z.tuple([z.string()])],
  ])('refuses %s', (_name, schema) => {
    expect(() => structuralSchema(z.object({ field: schema }))).toThrow(
      expect.objectContaining({ code: 'UnsupportedSchema' }) as Error,
    );
  });
  it('refuses a definition without a schema', () => {
    const { schema: _schema, ...bare } = resources.virtualMachines;
    expect(() => crd(bare)).toThrow(expect.objectContaining({ code: 'UnsupportedSchema' }) as Error);
  });
});

describe('unknownFields', () => {
  it('names fields at every level, but not below metadata, maps and free-form data', () => {
    const vm = {
      metadata: { newMeta: 1, labels: { any: 'thing' } },
      spec: {
        runStrtegy: 'Always',
        template: {
          spec: {
            domain: { devices: { disks: [{ name: 'a' }, { name: 'b', 'a/b': 1 }] } },
            nodeSelector: { x: 'y' },
          },
        },
      },
      extra: {},
    };
    expect(unknownFields(VirtualMachineSchema, vm)).toEqual([
      '/spec/runStrtegy',
      '/spec/template/spec/domain/devices/disks/1/a~1b',
      '/extra',
    ]);
  });
  it('finds none in a known object', () => {
    const vmi = {
      metadata: {},
      spec: { domain: { devices: {} } },
      status: { conditions: [{ type: 'a', status: 'True' }] },
    };
    expect(unknownFields(VirtualMachineInstanceSchema, vmi)).toEqual([]);
  });
});
