import { describe, expect, test } from 'vitest';
import type { CustomizeComponents } from '@virtkit/core-types';
import { imagesOf, installStrategy, type InstallStrategy } from '@virtkit/install';

const choice = { registry: 'r', tag: '1' };

function strategyOf(customizeComponents: CustomizeComponents): InstallStrategy {
  return installStrategy({
    namespace: 'kubevirt',
    version: '1',
    registry: 'r',
    images: imagesOf(choice),
    spec: { customizeComponents },
    cluster: { schedulableNodes: 2 },
  });
}

const plain = strategyOf({});
const patch = (
  resourceType: string,
  resourceName: string,
  type: string,
  change: unknown,
): CustomizeComponents => ({
  patches: [{ resourceType, resourceName, type, patch: JSON.stringify(change) }],
});

describe('patches', () => {
  const resources = { requests: { cpu: '1' } };
  const containerOf = ({ api }: InstallStrategy) => api.spec.template.spec!.containers[0]!;

  test('a strategic one merges lists by their keys', () => {
    const container = { name: 'virt-api', resources, env: [{ name: 'A', value: 'b' }] };
    const change = {
      spec: { template: { spec: { containers: [container], tolerations: [{ operator: 'Exists' }] } } },
    };
    const changed = strategyOf(patch('Deployment', 'virt-api', 'strategic', change));
    expect(containerOf(changed)).toMatchObject({
      image: 'r/virt-api:1',
      resources: { requests: { cpu: '1', memory: '500Mi' } },
      env: [{ name: 'A', value: 'b' }],
    });
    expect(changed.api.spec.template.spec?.tolerations).toEqual([{ operator: 'Exists' }]);
    expect(changed.controller.spec).toEqual(plain.controller.spec);
    expect(changed.id).not.toBe(plain.id);
  });

  test('a merge patch replaces lists', () => {
    const change = { spec: { template: { spec: { containers: [{ name: 'other' }] } } } };
    expect(containerOf(strategyOf(patch('Deployment', 'virt-api', 'merge', change)))).toEqual({
      name: 'other',
    });
  });

  test('a JSON patch does what its operations say', () => {
    const change = [{ op: 'replace', path: '/spec/replicas', value: 7 }];
    const changed = strategyOf(patch('Deployment', 'virt-api', 'json', change));
    expect(changed.api.spec.replicas).toBe(7);
    // What follows from an object follows from the changed one.
    expect(changed.disruptionBudgets.map(({ spec }) => spec.minAvailable)).toEqual([6, 1]);
  });

  test('kinds and names may be written with capitals or without', () => {
    const change = { metadata: { labels: { team: 'a' } } };
    const { handler, api } = strategyOf(patch('daemonset', 'Virt-Handler', 'merge', change));
    expect(handler.metadata.labels).toMatchObject({ team: 'a' });
    expect(api.metadata.labels).not.toHaveProperty('team');
  });

  test('an asterisk is every name, or every kind that may be changed', () => {
    const change = { metadata: { labels: { team: 'a' } } };
    const { api, controller, handler, services, webhooks, apiServices, access } = strategyOf(
      patch('*', '*', 'merge', change),
    );
    const labelled = [api, controller, handler, ...services, ...webhooks, ...apiServices];
    for (const { metadata } of labelled) expect(metadata.labels).toMatchObject({ team: 'a' });
    for (const { metadata } of access) expect(metadata.labels).not.toHaveProperty('team');
    const byName = strategyOf(patch('Service', '*', 'merge', change));
    expect(byName.services.every(({ metadata }) => metadata.labels?.team === 'a')).toBe(true);
    expect(byName.api.metadata.labels).not.toHaveProperty('team');
  });

  test('mark what they changed, and only that', () => {
    const changed = strategyOf(
      patch('Deployment', 'virt-api', 'merge', { metadata: { labels: { a: 'b' } } }),
    );
    const key = 'kubevirt.io/customizer-identifier';
    expect(changed.api.metadata.annotations?.[key]).toMatch(/^[0-9a-f]{40}$/);
    expect(changed.controller.metadata.annotations).not.toHaveProperty([key]);
  });

  test.each<[string, string, string]>([
    ['no JSON', 'merge', '{'],
    ['of an unknown type', 'sideways', '{}'],
    ['operations without a path', 'json', '[{"op":"remove"}]'],
    ['a path that is not there', 'json', '[{"op":"remove","path":"/spec/nothing"}]'],
    ['no object', 'strategic', '[]'],
    ['an element without its key', 'strategic', '{"spec":{"template":{"spec":{"containers":[{}]}}}}'],
    ['another name', 'merge', '{"metadata":{"name":"other"}}'],
  ])('%s is told', (_name, type, text) => {
    const custom = { patches: [{ resourceType: 'Deployment', resourceName: 'virt-api', type, patch: text }] };
    expect(() => strategyOf(custom)).toThrow(
      expect.objectContaining({ name: 'InstallError', code: 'invalid-patch' }),
    );
  });
});

describe('flags', () => {
  test('take the place of a program’s own, by name', () => {
    const { api, controller, handler } = strategyOf({
      flags: { api: { V: '5', 'allow-all': '' }, handler: {} },
    });
    const of = ({ spec }: typeof api | typeof handler) => spec.template.spec!.containers[0]!;
    expect(of(api)).toMatchObject({ command: ['virt-api', '--allow-all', '--v', '5'], args: [] });
    expect(of(handler)).toMatchObject({ command: ['virt-handler'], args: [] });
    expect(of(controller)).toEqual(plain.controller.spec.template.spec!.containers[0]);
  });
});
