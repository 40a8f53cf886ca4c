import { release } from '@virtkit/install';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { helmChart } from '../src/cluster/helm-chart.ts';
import { manifests } from '../src/cluster/manifests.ts';

const choice = { registry: 'registry.test/team', tag: '1.2.3', namespace: 'kv' };

const documents = (text: string): unknown[] =>
  parseAllDocuments(text).map((document) => document.toJSON() as unknown);
/** As it is written: without members that are undefined. */
const written = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('manifests', () => {
  const { operator, kubeVirt } = release(choice);

  test.each([
    ['all', [...operator, kubeVirt]],
    ['operator', operator],
    ['kubevirt', [kubeVirt]],
  ] as const)('%s', (part, objects) => {
    expect(documents(manifests(part, choice))).toEqual(written(objects));
  });

  test('without options they are this release of virtkit.dev', () => {
    expect(manifests('operator', {})).toContain('image: virtkit.dev/virt-operator:0.1.0');
  });

  test('how images are pulled is said to both', () => {
    const text = manifests('all', { ...choice, imagePullPolicy: 'Always', imagePullSecret: ['a', 'b'] });
    expect(text.match(/imagePullPolicy: Always/g)).toHaveLength(2);
    expect(text.match(/- name: [ab]$/gm)).toHaveLength(4);
  });
});

interface Values {
  registry: string;
  tag: string;
  imagePullPolicy: string;
  imagePullSecrets: { name: string }[];
  operator: { replicas: number };
  kubeVirt: { create: boolean; spec: Record<string, unknown> };
}

/** What Helm makes of a template, for the expressions that the chart has; any other is an error. */
function rendered(template: string, values: Values, namespace: string): string {
  const simple: Record<string, string> = {
    '.Values.registry': values.registry,
    '.Values.tag': values.tag,
    '.Values.imagePullPolicy': values.imagePullPolicy,
    '.Values.operator.replicas': String(values.operator.replicas),
    '.Release.Namespace': namespace,
  };
  const indented = (value: unknown, indent: string): string =>
    `\n${JSON.stringify(value).replace(/^/gm, ' '.repeat(Number(indent)))}`;
  const text = template
    .replaceAll(
      /\{\{- if \.Values\.kubeVirt\.create \}\}\n([^]*)\{\{- end \}\}\n$/g,
      (_all, inner: string) => (values.kubeVirt.create ? inner : ''),
    )
    .replaceAll(
      /\n\{\{- with \.Values\.imagePullSecrets \}\}([^]*?)\n\{\{- toYaml \. \| nindent (\d+) \}\}\n\{\{- end \}\}/g,
      (_all, head: string, indent: string) =>
        values.imagePullSecrets.length === 0 ? '' : head + indented(values.imagePullSecrets, indent),
    )
    .replaceAll(/\n\{\{- toYaml \.Values\.kubeVirt\.spec \| nindent 2 \}\}/g, () =>
      Object.entries(values.kubeVirt.spec)
        .map(([name, value]) => `\n  ${name}: ${JSON.stringify(value)}`)
        .join(''),
    )
    .replaceAll(/\{\{ (\.[A-Za-z.]+) \}\}/g, (all, name: string) => simple[name] ?? all);
  expect(text).not.toMatch(/\{\{|stand-in|4242/);
  return text;
}

describe('the chart', () => {
  const chart = helmChart();
  const defaults = parse(chart.get('values.yaml')!) as Values;
  const render = (values: Values, namespace: string): unknown[] =>
    [...chart]
      .filter(([path]) => path.startsWith('templates/') && path.endsWith('.yaml'))
      .flatMap(([, text]) => documents(rendered(text, values, namespace)))
      .filter((object) => object !== null);
  const byName = (objects: readonly unknown[]): Record<string, unknown> =>
    Object.fromEntries(
      (objects as { kind: string; metadata: { name: string } }[]).map((object) => [
        `${object.kind} ${object.metadata.name}`,
        object,
      ]),
    );
  const kept = (object: unknown): object => ({
    ...(object as object),
    metadata: {
      ...(object as { metadata: object }).metadata,
      annotations: { 'helm.sh/resource-policy': 'keep' },
    },
  });

  test.each<[string, Partial<Values>, Parameters<typeof release>[0]]>([
    ['as it comes', {}, { registry: 'virtkit.dev', tag: '0.1.0' }],
    [
      'with other values',
      {
        registry: 'registry.test/team',
        tag: '1.2.3',
        imagePullPolicy: 'Always',
        imagePullSecrets: [{ name: 'mine' }],
        operator: { replicas: 3 },
        kubeVirt: { create: true, spec: { infra: { replicas: 5 } } },
      },
      {
        ...choice,
        operatorReplicas: 3,
        spec: { imagePullPolicy: 'Always', imagePullSecrets: [{ name: 'mine' }], infra: { replicas: 5 } },
      },
    ],
  ])('is the release, %s', (_name, values, options) => {
    const namespace = options.namespace ?? 'kubevirt';
    const { operator, kubeVirt } = release(options);
    const spec = values.kubeVirt === undefined ? kubeVirt.spec : { ...options.spec };
    const expected = operator.filter(
      ({ kind }) => kind !== 'Namespace' && kind !== 'CustomResourceDefinition',
    );
    expect(byName(render({ ...defaults, ...values }, namespace))).toEqual(
      written(byName([...expected, kept({ ...kubeVirt, spec })])),
    );
  });

  test('brings the kind before the object, and no object where none is wanted', () => {
    const kind = release(choice).operator.find((object) => object.kind === 'CustomResourceDefinition');
    expect(parse(chart.get('crds/kubevirts.kubevirt.io.yaml')!)).toEqual(written(kind));
    const without = render({ ...defaults, kubeVirt: { create: false, spec: {} } }, 'kubevirt');
    expect(Object.keys(byName(without)).filter((name) => name.startsWith('KubeVirt'))).toEqual([]);
  });

  test('says what it is', () => {
    expect(parse(chart.get('Chart.yaml')!)).toMatchObject({
      apiVersion: 'v2',
      name: 'virtkit',
      version: '0.1.0',
    });
    rendered(chart.get('templates/NOTES.txt')!, defaults, 'kubevirt');
  });
});
