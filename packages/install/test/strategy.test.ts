import { describe, expect, test } from 'vitest';
import type { KubernetesObject, KubeVirtSpec } from '@virtkit/core-types';
import { imagesOf, installStrategy, parseOperatorImage, type InstallTarget } from '@virtkit/install';

const choice = { registry: 'registry.test/team', tag: '1.2.3' };

function target(spec: KubeVirtSpec = {}, cluster: Partial<InstallTarget['cluster']> = {}): InstallTarget {
  return {
    namespace: 'kv',
    version: '1.2.3',
    registry: choice.registry,
    images: imagesOf(choice),
    spec,
    cluster: { schedulableNodes: 3, ...cluster },
  };
}

const strategyOf = (spec?: KubeVirtSpec, cluster?: Partial<InstallTarget['cluster']>) =>
  installStrategy(target(spec, cluster));
const kindsAndNames = (objects: readonly KubernetesObject[]): string[] =>
  objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`);

describe('what is installed', () => {
  test('kinds are KubeVirt’s 19, without that of the installation, templates and CDI’s', () => {
    const names = strategyOf().definitions.map(({ metadata }) => metadata.name);
    expect(names).toHaveLength(19);
    expect(names).toContain('virtualmachines.kubevirt.io');
    expect(names).toContain('plugins.plugin.kubevirt.io');
    expect(names.filter((name) => /^kubevirts\.|template|cdi/.test(name ?? ''))).toEqual([]);
  });

  test('every object says who keeps it, and from what it was made', () => {
    const strategy = strategyOf();
    const { definitions, access, services, policies, webhooks, apiServices, disruptionBudgets } = strategy;
    const { api, controller, handler } = strategy;
    for (const object of [
      ...[definitions, access, services, policies, webhooks, apiServices, disruptionBudgets].flat(),
      ...[api, controller, handler],
    ]) {
      expect(object.metadata.labels, object.metadata.name).toMatchObject({
        'app.kubernetes.io/managed-by': 'virt-operator',
      });
      expect(object.metadata.annotations, object.metadata.name).toMatchObject({
        'kubevirt.io/install-strategy-version': '1.2.3',
        'kubevirt.io/install-strategy-registry': 'registry.test/team',
        'kubevirt.io/install-strategy-identifier': strategy.id,
      });
    }
  });

  test('webhooks and registrations of APIs', () => {
    const { webhooks, apiServices } = strategyOf();
    expect(kindsAndNames([...webhooks, ...apiServices])).toEqual([
      'MutatingWebhookConfiguration virt-api-mutator',
      'ValidatingWebhookConfiguration virt-api-validator',
      'ValidatingWebhookConfiguration virt-operator-validator',
      'APIService v1.subresources.kubevirt.io',
      'APIService v1alpha3.subresources.kubevirt.io',
    ]);
    for (const { clientConfig } of webhooks.flatMap((configuration) => configuration.webhooks))
      expect(clientConfig.service).toMatchObject({ namespace: 'kv', port: 443 });
    const gated = strategyOf({
      configuration: { developerConfiguration: { featureGates: ['ContainerPathVolumes'] } },
    });
    expect(kindsAndNames(gated.webhooks)).toContain('MutatingWebhookConfiguration virt-launcher-pod-mutator');
  });

  test('objects for Prometheus only where it is', () => {
    expect(strategyOf().monitoring).toEqual([]);
    const { monitoring } = strategyOf(
      {},
      { monitoring: { namespace: 'monitoring', account: 'prometheus-k8s' } },
    );
    expect(kindsAndNames(monitoring)).toEqual([
      'Role kubevirt-monitoring',
      'RoleBinding kubevirt-monitoring',
      'ServiceMonitor prometheus-kubevirt-rules',
      'PrometheusRule prometheus-kubevirt-rules',
    ]);
  });
});

describe('the id', () => {
  const { id } = strategyOf();
  test.each<[string, KubeVirtSpec, boolean]>([
    ['nothing', {}, true],
    [
      'a setting that programs follow themselves',
      { configuration: { network: { defaultNetworkInterface: 'masquerade' } } },
      true,
    ],
    ['replicas', { infra: { replicas: 4 } }, false],
    ['placement', { workloads: { nodePlacement: { nodeSelector: { a: 'b' } } } }, false],
    ['how images are pulled', { imagePullPolicy: 'Always' }, false],
    ['the product', { productName: 'cloud' }, false],
  ])('after a change of %s', (_what, spec, same) => {
    expect(strategyOf(spec).id === id).toBe(same);
  });
});

describe('replicas', () => {
  test.each<[number, number | undefined, number, number]>([
    [0, undefined, 2, 2],
    [1, undefined, 1, 2],
    [2, undefined, 2, 2],
    [29, undefined, 2, 2],
    [30, undefined, 3, 2],
    [1, 5, 5, 5],
  ])(
    '%i nodes, %s asked for: virt-api %i, virt-controller %i',
    (schedulableNodes, replicas, api, controller) => {
      const strategy = strategyOf(replicas === undefined ? {} : { infra: { replicas } }, {
        schedulableNodes,
      });
      expect(strategy.api.spec.replicas).toBe(api);
      expect(strategy.controller.spec.replicas).toBe(controller);
    },
  );

  test('one replica has no disruption budget, more may lose one', () => {
    const budgets = strategyOf({}, { schedulableNodes: 1 }).disruptionBudgets;
    expect(kindsAndNames(budgets)).toEqual(['PodDisruptionBudget virt-controller-pdb']);
    expect(
      strategyOf({ infra: { replicas: 4 } }).disruptionBudgets.map(({ spec }) => spec.minAvailable),
    ).toEqual([3, 3]);
  });
});

describe('placement', () => {
  const podOf = (spec: KubeVirtSpec, part: 'api' | 'handler') => strategyOf(spec)[part].spec.template.spec!;

  test('infrastructure goes to the control plane unless told otherwise', () => {
    const { affinity, tolerations, nodeSelector } = podOf({}, 'api');
    const terms = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
    expect(terms?.map(({ matchExpressions }) => matchExpressions?.[0]?.key)).toEqual([
      'node-role.kubernetes.io/control-plane',
      'node-role.kubernetes.io/master',
    ]);
    expect(tolerations?.map(({ key }) => key)).toEqual([
      'CriticalAddonsOnly',
      'node-role.kubernetes.io/control-plane',
      'node-role.kubernetes.io/master',
    ]);
    expect(nodeSelector).toEqual({ 'kubernetes.io/os': 'linux' });
    expect(podOf({}, 'handler').affinity).toBeUndefined();
  });

  test('what is asked for is added to what a component has', () => {
    const nodePlacement = {
      nodeSelector: { zone: 'a', 'kubernetes.io/os': 'other' },
      tolerations: [{ key: 'k', operator: 'Exists' as const }],
      affinity: {
        podAntiAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [
            { weight: 7, podAffinityTerm: { topologyKey: 'zone' } },
          ],
        },
      },
    };
    const { affinity, tolerations, nodeSelector } = podOf({ infra: { nodePlacement } }, 'api');
    expect(nodeSelector).toEqual({ zone: 'a', 'kubernetes.io/os': 'linux' });
    expect(tolerations?.map(({ key }) => key)).toEqual(['CriticalAddonsOnly', 'k']);
    expect(affinity?.nodeAffinity).toBeUndefined();
    const preferred = affinity?.podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution;
    expect(preferred?.map(({ weight }) => weight)).toEqual([1, 7]);
    expect(podOf({ infra: { nodePlacement } }, 'handler').nodeSelector).toEqual({
      'kubernetes.io/os': 'linux',
    });
  });
});

describe('images', () => {
  test('of one registry and tag, with a prefix, a digest, or named one by one', () => {
    expect(imagesOf(choice)['virt-api']).toBe('registry.test/team/virt-api:1.2.3');
    expect(imagesOf({ ...choice, prefix: 'x-', tag: 'sha256:abc' })['virt-api']).toBe(
      'registry.test/team/x-virt-api@sha256:abc',
    );
    expect(imagesOf({ ...choice, images: { 'virt-api': 'other@sha256:1' } })['virt-api']).toBe(
      'other@sha256:1',
    );
  });

  test.each([
    ['virtkit.dev/virt-operator:0.1.0', { registry: 'virtkit.dev', prefix: '', tag: '0.1.0' }],
    ['h:5000/a/b/p-virt-operator:v1', { registry: 'h:5000/a/b', prefix: 'p-', tag: 'v1' }],
    ['h/virt-operator@sha256:ab', { registry: 'h', prefix: '', tag: 'sha256:ab' }],
  ])('the operator’s own: %s', (image, parts) => {
    expect(parseOperatorImage(image)).toEqual(parts);
  });

  test.each(['virt-operator:1', 'h/virt-api:1', 'h/virt-operator', ''])(
    'none of the operator: %j',
    (image) => {
      expect(() => parseOperatorImage(image)).toThrow(expect.objectContaining({ code: 'invalid-option' }));
    },
  );

  test('workloads run them, pulled as asked for', () => {
    const { api, controller, handler } = strategyOf({
      imagePullPolicy: 'Always',
      imagePullSecrets: [{ name: 'registry' }],
    });
    for (const [workload, image] of [
      [api, 'virt-api'],
      [controller, 'virt-controller'],
      [handler, 'virt-handler'],
    ] as const) {
      const pod = workload.spec.template.spec!;
      expect(pod.containers[0]).toMatchObject({
        image: `registry.test/team/${image}:1.2.3`,
        imagePullPolicy: 'Always',
      });
      expect(pod.imagePullSecrets).toEqual([{ name: 'registry' }]);
    }
    expect(controller.spec.template.spec?.containers[0]?.args).toContain(
      'registry.test/team/virt-launcher:1.2.3',
    );
    expect(handler.spec.template.spec?.initContainers?.[0]?.image).toBe(
      'registry.test/team/virt-launcher:1.2.3',
    );
  });
});

describe('the product', () => {
  test('names what is installed; what cannot be a label is left out', () => {
    const labels = (spec: KubeVirtSpec) => strategyOf(spec).api.metadata.labels;
    expect(labels({})).toMatchObject({
      'app.kubernetes.io/version': '1.2.3',
      'app.kubernetes.io/component': 'kubevirt',
    });
    expect(labels({})).not.toHaveProperty(['app.kubernetes.io/part-of']);
    expect(labels({ productName: 'cloud', productVersion: '9', productComponent: 'compute' })).toMatchObject({
      'app.kubernetes.io/part-of': 'cloud',
      'app.kubernetes.io/version': '9',
      'app.kubernetes.io/component': 'compute',
    });
    expect(labels({ productName: 'not a label!' })).not.toHaveProperty(['app.kubernetes.io/part-of']);
  });
});

describe('aggregation of roles', () => {
  const aggregated = (spec: KubeVirtSpec) =>
    strategyOf(spec)
      .access.filter(({ kind }) => kind === 'ClusterRole')
      .flatMap(({ metadata }) => Object.entries(metadata.labels ?? {}))
      .filter(([label]) => label.startsWith('rbac.authorization.k8s.io/aggregate-to-'));

  test.each<[string, KubeVirtSpec, string]>([
    ['by default', {}, 'true'],
    ['manual', { configuration: { roleAggregationStrategy: 'Manual' } }, 'false'],
    [
      'manual with the gate off',
      {
        configuration: {
          roleAggregationStrategy: 'Manual',
          developerConfiguration: { disabledFeatureGates: ['OptOutRoleAggregation'] },
        },
      },
      'true',
    ],
  ])('%s', (_name, spec, value) => {
    expect(aggregated(spec)).toEqual(
      ['admin', 'edit', 'view'].map((role) => [`rbac.authorization.k8s.io/aggregate-to-${role}`, value]),
    );
  });
});
