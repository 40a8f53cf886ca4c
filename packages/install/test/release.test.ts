import { expect, test } from 'vitest';
import { release, type RoleObject } from '@virtkit/install';
import { installStrategy, imagesOf } from '@virtkit/install';

const choice = { registry: 'registry.test', tag: '1' };

test('a release is what an administrator applies, in this order', () => {
  const { operator, kubeVirt } = release({ ...choice, namespace: 'kv' });
  expect(operator.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
    'Namespace kv',
    'CustomResourceDefinition kubevirts.kubevirt.io',
    'PriorityClass kubevirt-cluster-critical',
    'ServiceAccount kubevirt-operator',
    'ClusterRole kubevirt-operator',
    'ClusterRoleBinding kubevirt-operator',
    'Role kubevirt-operator',
    'RoleBinding kubevirt-operator-rolebinding',
    'ClusterRole kubevirt.io:operator',
    'Deployment virt-operator',
  ]);
  expect(kubeVirt).toMatchObject({
    metadata: { name: 'kubevirt', namespace: 'kv' },
    spec: {
      imagePullPolicy: 'IfNotPresent',
      configuration: { virtualMachineOptions: { disableSerialConsoleLog: {} } },
    },
  });
});

test('the operator may do all that it lets others do', () => {
  const covers = (rules: RoleObject['rules'], group: string, resource: string, verb: string): boolean =>
    rules.some(
      ({ apiGroups = [], resources = [], verbs }) =>
        apiGroups.includes(group) &&
        (resources.includes(resource) || resources.includes('*')) &&
        (verbs.includes(verb) || verbs.includes('*')),
    );
  const { operator } = release(choice);
  const own = operator.filter(
    ({ kind, metadata }) => kind?.endsWith('Role') && metadata.name === 'kubevirt-operator',
  ) as RoleObject[];
  const everywhere = own.find(({ kind }) => kind === 'ClusterRole')!.rules;
  const here = [...everywhere, ...own.find(({ kind }) => kind === 'Role')!.rules];
  const strategy = installStrategy({
    namespace: 'kubevirt',
    version: '1',
    registry: 'registry.test',
    images: imagesOf(choice),
    spec: {},
    cluster: { schedulableNodes: 1, monitoring: { namespace: 'monitoring', account: 'prometheus-k8s' } },
  });
  const granted = [...strategy.access, ...strategy.monitoring].filter(({ kind }) => kind?.endsWith('Role'));
  expect(granted.length).toBeGreaterThan(10);
  for (const role of granted as RoleObject[]) {
    const rights = role.kind === 'ClusterRole' ? everywhere : here;
    for (const { apiGroups = [], resources = [], verbs } of role.rules)
      for (const group of apiGroups)
        for (const resource of resources)
          for (const verb of verbs)
            expect([
              role.metadata.name,
              group,
              resource,
              verb,
              covers(rights, group, resource, verb),
            ]).toEqual([role.metadata.name, group, resource, verb, true]);
  }
});
