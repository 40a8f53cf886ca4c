import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KubernetesObject } from '@virtkit/core-types';
import { installKinds } from '@virtkit/install';
import { connect, isApiError, type Client } from '@virtkit/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { run } from '../../support/command.ts';
import { programCommand } from '../../support/programs.ts';
import { buildHelm } from '../build.ts';
import { startKubernetes, type Kubernetes } from '../control-plane.ts';
import { startTimeoutMs } from './patience.ts';

const namespace = 'kubevirt';
const release = 'virtkit';

const documents = (text: string): KubernetesObject[] =>
  parseAllDocuments(text)
    .map((document) => document.toJSON() as KubernetesObject | null)
    .filter((object) => object !== null);
const byName = (objects: readonly KubernetesObject[]): Record<string, KubernetesObject> =>
  Object.fromEntries(objects.map((object) => [`${object.kind} ${object.metadata.name}`, object]));

describe('the chart, with Helm itself', () => {
  let helm: (...args: string[]) => Promise<string>;
  let kubernetes: Kubernetes;
  let client: Client;
  let chart: string;
  const stack = new AsyncDisposableStack();

  const virtkit = async (...args: string[]): Promise<string> =>
    (await run([...programCommand('virtkit'), ...args])).stdout;
  const operator = () => client.resource(installKinds.deployments).get('virt-operator', { namespace });
  const kubeVirt = () => client.kubeVirts.get('kubevirt', { namespace });

  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'virtkit-helm-'));
    stack.defer(() => rm(folder, { recursive: true }));
    chart = join(folder, 'chart');
    await virtkit('manifests', '--helm', chart);
    const built = await buildHelm({ onProgress: console.log });
    kubernetes = stack.use(await startKubernetes({ onProgress: console.log }));
    client = stack.use(await connect({ kubeconfig: kubernetes.kubeconfig, onWarning: () => undefined }));
    const env = {
      KUBECONFIG: kubernetes.kubeconfig,
      HELM_CACHE_HOME: join(folder, 'cache'),
      HELM_CONFIG_HOME: join(folder, 'config'),
      HELM_DATA_HOME: join(folder, 'data'),
    };
    helm = async (...args) =>
      (await run([join(built.folder, 'helm'), ...args, '--namespace', namespace], { env })).stdout;
  }, startTimeoutMs);
  afterAll(() => stack.disposeAsync());

  it('has nothing that lint finds wrong', async () => {
    expect(await helm('lint', '--strict', chart)).toContain('1 chart(s) linted, 0 chart(s) failed');
  });

  it.each<[string, string[], string[]]>([
    ['as it comes', [], []],
    [
      'with other values',
      ['--set', 'registry=registry.test/team,tag=1.2.3,imagePullPolicy=Always,imagePullSecrets[0].name=mine'],
      ['--registry', 'registry.test/team', '--tag', '1.2.3', '--image-pull-policy', 'Always'].concat([
        '--image-pull-secret',
        'mine',
      ]),
    ],
  ])('is rendered to the objects of virtkit manifests, %s', async (_how, values, flags) => {
    const rendered = byName(documents(await helm('template', release, chart, '--include-crds', ...values)));
    const { [`Namespace ${namespace}`]: _own, ...expected } = byName(
      documents(await virtkit('manifests', ...flags)),
    );
    // It stays when the chart is removed: whoever removes an operator keeps the machines.
    const asked = expected['KubeVirt kubevirt']!;
    const annotations = { 'helm.sh/resource-policy': 'keep' };
    expected['KubeVirt kubevirt'] = { ...asked, metadata: { ...asked.metadata, annotations } };
    expect(rendered).toEqual(expected);
  });

  it('is installed', async () => {
    const said = await helm('install', release, chart, '--create-namespace');
    expect(said).toContain('STATUS: deployed');
    expect(said).toContain('kubectl wait kubevirt kubevirt');
    expect((await operator()).spec.template.spec?.containers[0]?.image).toBe(
      'virtkit.dev/virt-operator:0.1.0',
    );
    expect((await kubeVirt()).spec).toMatchObject({ imagePullPolicy: 'IfNotPresent' });
  });

  it('is upgraded: the operator is another one, what users asked for stays', async () => {
    const uninstallStrategy = 'BlockUninstallIfWorkloadsExist';
    const body = { spec: { uninstallStrategy } };
    await client.kubeVirts.patch('kubevirt', { type: 'merge', body }, { namespace });
    await helm('upgrade', release, chart, '--set', 'tag=0.2.0,operator.replicas=3');
    const { spec } = await operator();
    expect(spec.replicas).toBe(3);
    const [container] = spec.template.spec?.containers ?? [];
    expect(container?.image).toBe('virtkit.dev/virt-operator:0.2.0');
    expect(container?.env).toContainEqual({ name: 'VIRTKIT_VERSION', value: '0.2.0' });
    expect((await kubeVirt()).spec.uninstallStrategy).toBe(uninstallStrategy);
  });

  it('goes back', async () => {
    await helm('rollback', release, '1');
    expect((await operator()).spec.template.spec?.containers[0]?.image).toBe(
      'virtkit.dev/virt-operator:0.1.0',
    );
  });

  it('is removed, all but the object that machines depend on', async () => {
    await helm('uninstall', release, '--wait');
    await expect(operator()).rejects.toSatisfy((error) => isApiError(error, 'not-found'));
    expect((await kubeVirt()).metadata.deletionTimestamp).toBeUndefined();
    const roles = await client.resource(installKinds.clusterRoles).list();
    expect(roles.items.filter(({ metadata }) => metadata.name?.includes('kubevirt'))).toEqual([]);
  });
});
