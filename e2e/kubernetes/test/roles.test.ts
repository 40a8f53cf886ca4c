import type { KubernetesObject, ResourceDefinition } from '@virtkit/core-types';
import { imagesOf, installKindOf, installStrategy } from '@virtkit/install';
import { connect, type Client } from '@virtkit/sdk';
import { waitUntil } from '@virtkit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startKubernetes, type Kubernetes } from '../control-plane.ts';
import { startTimeoutMs } from './patience.ts';

// What people may do, written down from KubeVirt's documents and not from the roles under test. Users have Kubernetes' own roles,
// of which KubeVirt's become a part; `migrate` is bound itself, and `nobody` has what everybody has.
const users = ['admin', 'edit', 'view', 'migrate', 'nobody'] as const;
type User = (typeof users)[number];
const verbs = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'] as const;
type Verb = (typeof verbs)[number];

const read: readonly Verb[] = ['get', 'list', 'watch'];
const write: readonly Verb[] = [...read, 'create', 'update', 'patch', 'delete'];
const all = verbs;

interface Row {
  readonly group: string;
  readonly resource: string;
  readonly rights: Partial<Record<User, readonly Verb[]>>;
}

const rows = (group: string, resources: string, rights: Row['rights']): Row[] =>
  resources.split(' ').map((resource) => ({ group, resource, rights }));

const owned = { admin: all, edit: write, view: read };
const watched = { admin: read, edit: read, view: read };
const seen: readonly Verb[] = ['get', 'list'];
const everybody = { admin: seen, edit: seen, view: seen, migrate: seen, nobody: seen };
const sub = (prefix: string, names: string): string =>
  names
    .split(' ')
    .map((name) => `${prefix}/${name}`)
    .join(' ');

const matrix: readonly Row[] = [
  ...rows(
    'kubevirt.io',
    'virtualmachines virtualmachineinstances virtualmachineinstancepresets virtualmachineinstancereplicasets',
    owned,
  ),
  ...rows(
    'snapshot.kubevirt.io',
    'virtualmachinesnapshots virtualmachinesnapshotcontents virtualmachinerestores',
    owned,
  ),
  ...rows('backup.kubevirt.io', 'virtualmachinebackups virtualmachinebackuptrackers', owned),
  ...rows('export.kubevirt.io', 'virtualmachineexports', owned),
  ...rows('clone.kubevirt.io', 'virtualmachineclones', owned),
  ...rows('instancetype.kubevirt.io', 'virtualmachineinstancetypes virtualmachinepreferences', owned),
  ...rows('instancetype.kubevirt.io', 'virtualmachineclusterinstancetypes virtualmachineclusterpreferences', {
    ...owned,
    migrate: read,
    nobody: read,
  }),
  ...rows('pool.kubevirt.io', 'virtualmachinepools', owned),
  ...rows('plugin.kubevirt.io', 'plugins', { admin: all, view: read, edit: read }),
  ...rows('kubevirt.io', 'virtualmachineinstancemigrations', { ...watched, migrate: all }),
  ...rows('migrations.kubevirt.io', 'migrationpolicies', watched),
  ...rows('kubevirt.io', 'kubevirts', everybody),
  ...rows('subresources.kubevirt.io', 'version guestfs', everybody),
  ...rows('subresources.kubevirt.io', 'expand-vm-spec', {
    admin: ['update'],
    edit: ['update'],
    view: ['update'],
  }),
  ...rows('subresources.kubevirt.io', sub('virtualmachineinstances', 'console vnc portforward usbredir'), {
    admin: ['get'],
    edit: ['get'],
  }),
  ...rows('subresources.kubevirt.io', 'virtualmachineinstances/vnc/screenshot', { admin: ['get'] }),
  ...rows(
    'subresources.kubevirt.io',
    sub(
      'virtualmachineinstances',
      'guestosinfo filesystemlist userlist sev/fetchcertchain sev/querylaunchmeasurement objectgraph launcherlogs',
    ),
    { admin: ['get'], edit: ['get'], view: ['get'] },
  ),
  ...rows(
    'subresources.kubevirt.io',
    sub(
      'virtualmachineinstances',
      'pause unpause addvolume removevolume freeze unfreeze softreboot reset sev/setupsession sev/injectlaunchsecret evacuate/cancel',
    ),
    { admin: ['update'], edit: ['update'] },
  ),
  ...rows('subresources.kubevirt.io', sub('virtualmachines', 'expand-spec objectgraph'), {
    admin: ['get'],
    edit: ['get'],
    view: ['get'],
  }),
  ...rows('subresources.kubevirt.io', 'virtualmachines/portforward', { admin: ['get'], edit: ['get'] }),
  ...rows(
    'subresources.kubevirt.io',
    sub(
      'virtualmachines',
      'start stop restart addvolume removevolume memorydump removememorydump evacuate/cancel',
    ),
    { admin: ['update'], edit: ['update'] },
  ),
  ...rows('subresources.kubevirt.io', 'virtualmachines/migrate', { migrate: ['update'] }),
  ...rows('subresources.kubevirt.io', sub('virtualmachineinstances', 'backup redefine-checkpoint vsock'), {}),
];

/** Kubernetes API: asks what the user who asks may do; nothing is stored. */
interface SelfSubjectAccessReview extends KubernetesObject {
  spec: {
    resourceAttributes: {
      group: string;
      resource: string;
      subresource?: string;
      verb: string;
      namespace: string;
    };
  };
  status?: { allowed: boolean };
}
const reviews: ResourceDefinition<SelfSubjectAccessReview> = {
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SelfSubjectAccessReview',
  plural: 'selfsubjectaccessreviews',
  singular: 'selfsubjectaccessreview',
  namespaced: false,
};

describe('what people may do', () => {
  let kubernetes: Kubernetes;
  const clients = new Map<User, Client>();
  const stack = new AsyncDisposableStack();

  async function may(user: User, { group, resource: full }: Row, verb: Verb): Promise<boolean> {
    const [resource = '', ...rest] = full.split('/');
    const subresource = rest.length === 0 ? {} : { subresource: rest.join('/') };
    const review = await clients
      .get(user)!
      .resource(reviews)
      .create({
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        metadata: {},
        spec: { resourceAttributes: { group, resource, ...subresource, verb, namespace: 'team' } },
      });
    return review.status?.allowed === true;
  }

  beforeAll(async () => {
    // Aggregation is the work of a controller.
    kubernetes = stack.use(await startKubernetes({ controllerManager: true, onProgress: console.log }));
    const admin = stack.use(await connect({ kubeconfig: kubernetes.kubeconfig }));
    const created = { apiVersion: 'v1', kind: 'Namespace' };
    for (const name of ['kubevirt', 'team'])
      await admin.namespaces.create({ ...created, metadata: { name } });
    const { access } = installStrategy({
      namespace: 'kubevirt',
      version: '0.1.0',
      registry: 'virtkit.dev',
      images: imagesOf({ registry: 'virtkit.dev', tag: '0.1.0' }),
      spec: {},
      cluster: { schedulableNodes: 1 },
    });
    for (const object of access) await admin.resource(installKindOf(object)!).create(object);
    for (const user of users) {
      const kubeconfig = await kubernetes.kubeconfigFor({ name: user });
      clients.set(user, stack.use(await connect({ kubeconfig })));
      if (user === 'nobody') continue;
      const role = user === 'migrate' ? 'kubevirt.io:migrate' : user;
      const binding = {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: { name: user, namespace: 'team' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
        subjects: [{ kind: 'User', name: user, apiGroup: 'rbac.authorization.k8s.io' }],
      };
      await admin.resource(installKindOf(binding)!).create(binding);
    }
    const [first] = matrix;
    await waitUntil('roles are aggregated', async () => {
      const answers = await Promise.all(
        (['admin', 'edit', 'view'] as const).map((user) => may(user, first!, 'get')),
      );
      return (
        answers.every(Boolean) &&
        (await may('migrate', rows('kubevirt.io', 'virtualmachineinstancemigrations', {})[0]!, 'create'))
      );
    });
  }, startTimeoutMs);
  afterAll(() => stack.disposeAsync());

  describe.each(users)('%s', (user) => {
    it.each(matrix)('$group $resource', async (row) => {
      const allowed = await Promise.all(
        verbs.map(async (verb) => ((await may(user, row, verb)) ? [verb] : [])),
      );
      expect(new Set(allowed.flat())).toEqual(new Set(row.rights[user] ?? []));
    });
  });
});
