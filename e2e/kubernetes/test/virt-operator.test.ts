import {
  apiVersionOf,
  isConditionTrue,
  resources,
  type KubernetesObject,
  type KubeVirt,
} from '@virtkit/core-types';
import { installKinds } from '@virtkit/install';
import { certificatesOf, readCertificate } from '@virtkit/pki';
import { connect, waitFor, type Client } from '@virtkit/sdk';
import { waitUntil } from '@virtkit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../support/command.ts';
import { startKubernetes, type Kubernetes } from '../control-plane.ts';
import { RunningOperator, virtkitCommand } from '../installation.ts';
import { PretendedKubelet } from '../pretended-kubelet.ts';
import { startTimeoutMs } from './patience.ts';

const namespace = 'kubevirt';
const account = `system:serviceaccount:${namespace}:kubevirt-operator`;

describe('an installation', () => {
  let kubernetes: Kubernetes;
  let client: Client;
  let operator: RunningOperator;
  let kubelet: PretendedKubelet;
  const stack = new AsyncDisposableStack();

  const kubectl = async (...args: string[]) =>
    run(['kubectl', '--kubeconfig', kubernetes.kubeconfig, ...args], { mayFail: true });
  const deployed = async (condition: (object: KubeVirt) => boolean = () => true): Promise<KubeVirt> => {
    const found = await waitFor(
      client.kubeVirts,
      'kubevirt',
      (object) =>
        object?.status?.phase === 'Deployed' &&
        object.status.observedGeneration === object.metadata.generation &&
        isConditionTrue(object.status.conditions, 'Available') &&
        condition(object),
      { namespace, timeoutSeconds: 240 },
    );
    return found!;
  };
  const change = (spec: object) =>
    client.kubeVirts.patch('kubevirt', { type: 'merge', body: { spec } }, { namespace });
  const imageOf = async (name: string): Promise<string | undefined> => {
    const { daemonSets, deployments } = installKinds;
    const { spec } =
      name === 'virt-handler'
        ? await client.resource(daemonSets).get(name, { namespace })
        : await client.resource(deployments).get(name, { namespace });
    return spec.template.spec?.containers[0]?.image;
  };
  /** What the operator has written since a time, by verb and resource. */
  const writesSince = async (time: number): Promise<string[]> =>
    (await kubernetes.auditEvents())
      .filter(({ user, requestReceivedTimestamp: at }) => user.username === account && Date.parse(at) >= time)
      .map(({ verb, objectRef }) => `${verb} ${objectRef?.resource ?? ''}`)
      .filter((write) => !write.endsWith(' leases'));

  beforeAll(async () => {
    kubernetes = stack.use(await startKubernetes({ controllerManager: true, onProgress: console.log }));
    client = stack.use(await connect({ kubeconfig: kubernetes.kubeconfig, onWarning: () => undefined }));
    await client.nodes.create({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name: 'node-1',
        labels: { 'kubernetes.io/os': 'linux', 'kubevirt.io/schedulable': 'true', zone: 'a' },
      },
    });
    kubelet = stack.use(PretendedKubelet.start(client, { node: 'node-1', namespace }));
  }, startTimeoutMs);
  afterAll(() => stack.disposeAsync());

  it('is begun by one command, which may be repeated', async () => {
    const first = await virtkitCommand(kubernetes, 'install', '--tag', '0.1.0');
    expect(first).toContain('CustomResourceDefinition kubevirts.kubevirt.io created');
    expect(first).toContain('KubeVirt kubevirt/kubevirt created');
    const again = await virtkitCommand(kubernetes, 'install', '--tag', '0.1.0');
    expect(again.match(/ (?:created|changed)$/gm) ?? []).toEqual([]);
  });

  it('is completed by the operator with its own rights', async () => {
    operator = stack.use(await RunningOperator.start(kubernetes, '0.1.0'));
    const { status, metadata } = await deployed();
    expect(metadata.finalizers).toEqual(['kubevirt.io/foregroundDeleteKubeVirt']);
    expect(status).toMatchObject({
      observedKubeVirtVersion: '0.1.0',
      operatorVersion: '0.1.0',
      defaultArchitecture: 'amd64',
    });
    const failures = operator.log.filter((line) => line.includes('"refused"'));
    expect(failures).toEqual([]);
  });

  it('has policies that the API server finds nothing wrong with', async () => {
    const policies = client.resource(installKinds.validatingAdmissionPolicies);
    for (const kind of ['kubevirt-node', 'virtkit-instance', 'virtkit-pod']) {
      const name = `${kind}-restriction-policy`;
      const policy = await waitFor(policies, name, (object) => object?.status?.typeChecking !== undefined, {
        timeoutSeconds: 60,
      });
      expect(policy?.status?.typeChecking?.expressionWarnings ?? []).toEqual([]);
    }
  });

  it('is left alone as long as it is as it should be', async () => {
    const before = Date.now();
    const passes = () => operator.log.length;
    await client.kubeVirts.patch(
      'kubevirt',
      { type: 'merge', body: { metadata: { annotations: { touched: 'yes' } } } },
      { namespace },
    );
    const told = passes();
    // The operator says nothing of a pass without writes; another change, whose effect can be seen, comes after it.
    await kubectl('label', 'service', 'virt-api', '-n', namespace, 'kubevirt.io=other', '--overwrite');
    await waitUntil('the label is back', async () => {
      const { metadata } = await client.services.get('virt-api', { namespace });
      return metadata.labels?.['kubevirt.io'] === 'virt-api';
    });
    expect(passes()).toBeGreaterThan(told);
    await waitUntil('the writes are in the audit log', async () => (await writesSince(before)).length > 0);
    expect(new Set(await writesSince(before))).toEqual(new Set(['patch services']));
  });

  it('comes back where somebody took something away', async () => {
    for (const what of [
      'service/virt-api',
      'poddisruptionbudget/virt-controller-pdb',
      'secret/kubevirt-virt-api-certs',
    ]) {
      expect((await kubectl('delete', what, '-n', namespace)).exitCode).toBe(0);
      await waitUntil(
        `${what} is back`,
        async () => (await kubectl('get', what, '-n', namespace)).exitCode === 0,
      );
    }
  });

  it('is one in a cluster', async () => {
    const second = {
      apiVersion: 'kubevirt.io/v1',
      kind: 'KubeVirt',
      metadata: { name: 'second', namespace },
      spec: {},
    };
    await expect(client.kubeVirts.create(second)).rejects.toMatchObject({
      message: expect.stringContaining('kubevirt-create-validator.kubevirt.io') as string,
    });
  });

  it('refuses settings that cannot be', async () => {
    await expect(change({ infra: { replicas: 0 } })).rejects.toMatchObject({
      message: expect.stringContaining('kubevirt-update-validator.kubevirt.io') as string,
    });
  });

  it('follows the settings', async () => {
    await change({ infra: { replicas: 3 }, imagePullPolicy: 'Always', productName: 'cloud' });
    await deployed();
    const api = await client.resource(installKinds.deployments).get('virt-api', { namespace });
    expect(api.spec.replicas).toBe(3);
    expect(api.metadata.labels).toMatchObject({ 'app.kubernetes.io/part-of': 'cloud' });
    expect(api.spec.template.spec?.containers[0]?.imagePullPolicy).toBe('Always');
    await change({ infra: { replicas: 1 } });
    await deployed();
    await waitUntil('budgets of single replicas are gone', async () => {
      const { items } = await client.resource(installKinds.podDisruptionBudgets).list({ namespace });
      return items.length === 0;
    });
  });

  it('is changed to a newer version by node agents first, virt-api last', async () => {
    const workloads = ['virt-handler', 'virt-controller', 'virt-api'];
    for (const workload of workloads) kubelet.hold(workload);
    await change({ imageTag: '0.2.0' });
    for (const [index, workload] of workloads.entries()) {
      await waitUntil(
        `${workload} is to be changed`,
        async () => (await imageOf(workload))?.endsWith(':0.2.0') === true,
      );
      const later = await Promise.all(workloads.slice(index + 1).map(imageOf));
      expect(later.every((image) => image?.endsWith(':0.1.0'))).toBe(true);
      kubelet.release(workload);
    }
    const { status } = await deployed((object) => object.status?.observedKubeVirtVersion === '0.2.0');
    expect(status?.targetKubeVirtVersion).toBe('0.2.0');
  });

  it('goes back to an older version by virt-api first, then the others, and forward again', async () => {
    const others = ['virt-controller', 'virt-handler'];
    kubelet.hold('virt-api');
    await change({ imageTag: '0.1.0' });
    await waitUntil(
      'virt-api is to be changed',
      async () => (await imageOf('virt-api'))?.endsWith(':0.1.0') === true,
    );
    expect((await Promise.all(others.map(imageOf))).every((image) => image?.endsWith(':0.2.0'))).toBe(true);
    kubelet.release('virt-api');
    const back = await deployed((object) => object.status?.observedKubeVirtVersion === '0.1.0');
    expect(back.status?.operatorVersion).toBe('0.1.0');
    // 0.2.0 is left out.
    await change({ imageTag: '0.3.0' });
    await deployed((object) => object.status?.observedKubeVirtVersion === '0.3.0');
    expect(await Promise.all(['virt-api', ...others].map(imageOf))).toEqual(
      ['virt-api', ...others].map((name) => `virtkit.dev/${name}:0.3.0`),
    );
  });

  it('issues certificates anew when they are to live differently, and all sides trust them', async () => {
    const bundle = async (): Promise<string> =>
      (await client.configMaps.get('kubevirt-ca', { namespace })).data?.['ca-bundle'] ?? '';
    const certificate = async (): Promise<string | undefined> =>
      (await client.secrets.get('kubevirt-virt-api-certs', { namespace })).data?.['tls.crt'];
    const before = { bundle: await bundle(), certificate: await certificate() };
    const overlapMs = 30_000;
    await change({
      certificateRotateStrategy: {
        selfSigned: { ca: { duration: '100h', renewBefore: '30s' }, server: { duration: '10h' } },
      },
    });
    await waitUntil('the bundle has both authorities', async () => {
      const present = await bundle();
      return present !== before.bundle && present.includes(before.bundle.trim());
    });
    await waitUntil(
      'there is another certificate',
      async () => (await certificate()) !== before.certificate,
      {
        timeoutMs: 120_000,
      },
    );
    // Both are valid from the same while before they were made on.
    const [authority, signed] = [
      await bundle(),
      Buffer.from((await certificate())!, 'base64').toString(),
    ].map(readCertificate);
    expect(signed!.notBefore - authority!.notBefore).toBeGreaterThanOrEqual(overlapMs / 2);
    const wanted = Buffer.from(await bundle()).toString('base64');
    await waitUntil('the API server trusts both', async () => {
      const { webhooks } = await client
        .resource(installKinds.validatingWebhookConfigurations)
        .get('virt-api-validator');
      const { spec } = await client.resource(installKinds.apiServices).get('v1.subresources.kubevirt.io');
      return (
        spec.caBundle === wanted && webhooks.every(({ clientConfig }) => clientConfig.caBundle === wanted)
      );
    });
    // The operator's own server shows the new one, which the API server accepts.
    await waitUntil('webhooks of the operator answer', async () => {
      const annotated = await kubectl(
        'annotate',
        'kubevirt',
        'kubevirt',
        '-n',
        namespace,
        'again=yes',
        '--overwrite',
      );
      return annotated.exitCode === 0;
    });
  });

  it('keeps its certificates for as long as its deletion waits', async () => {
    await deployed();
    const contents = client.resource(resources.virtualMachineSnapshotContents);
    const apiVersion = apiVersionOf(resources.virtualMachineSnapshotContents);
    await contents.create({
      apiVersion,
      kind: 'VirtualMachineSnapshotContent',
      metadata: { name: 'last', namespace, finalizers: ['example.com/held'] },
      spec: { source: {} },
    });
    await client.kubeVirts.delete('kubevirt', { namespace });
    await waitUntil('the deletion waits', async () => {
      const { metadata } = await contents.get('last', { namespace });
      return metadata.deletionTimestamp !== undefined;
    });
    // An authority that is gone is the same as one that is due, and happens at once.
    const authorities = async (): Promise<string[]> =>
      certificatesOf((await client.configMaps.get('kubevirt-ca', { namespace })).data?.['ca-bundle'] ?? '');
    const before = await authorities();
    await client.secrets.delete('kubevirt-ca', { namespace });
    await waitUntil('a new authority is trusted', async () => (await authorities()).length > before.length);
    const wanted = Buffer.from(
      (await client.configMaps.get('kubevirt-ca', { namespace })).data!['ca-bundle']!,
    ).toString('base64');
    await waitUntil('the API server trusts it, too', async () => {
      const { webhooks } = await client
        .resource(installKinds.mutatingWebhookConfigurations)
        .get('virt-api-mutator');
      const { spec } = await client.resource(installKinds.apiServices).get('v1.subresources.kubevirt.io');
      return (
        spec.caBundle === wanted && webhooks.every(({ clientConfig }) => clientConfig.caBundle === wanted)
      );
    });
    await client.secrets.delete('kubevirt-virt-handler-certs', { namespace });
    await waitUntil(
      'a certificate is back',
      async () =>
        (await kubectl('get', 'secret/kubevirt-virt-handler-certs', '-n', namespace)).exitCode === 0,
    );
    await contents.patch('last', { type: 'merge', body: { metadata: { finalizers: null } } }, { namespace });
  });

  it('leaves nothing', async () => {
    await virtkitCommand(kubernetes, 'uninstall', '--timeout', '240');
    const left = async (...kinds: string[]): Promise<string[]> => {
      const { stdout } = await kubectl('get', kinds.join(','), '-o', 'name', '--ignore-not-found');
      return stdout.split('\n').filter((name) => /kubevirt|virt-api|virtkit/.test(name));
    };
    expect(
      await left(
        ...[
          'customresourcedefinitions',
          'clusterroles',
          'clusterrolebindings',
          'apiservices',
          'priorityclasses',
        ],
        ...['validatingwebhookconfigurations', 'mutatingwebhookconfigurations', 'namespaces'],
        ...['validatingadmissionpolicies', 'validatingadmissionpolicybindings'],
      ),
    ).toEqual([]);
    const node: KubernetesObject = await client.nodes.get('node-1');
    expect(Object.keys(node.metadata.labels ?? {}).filter((label) => label.includes('kubevirt.io'))).toEqual(
      [],
    );
    expect(node.metadata.labels).toMatchObject({ zone: 'a' });
  });
});
