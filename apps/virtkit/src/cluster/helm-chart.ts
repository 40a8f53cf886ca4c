// The chart is the release with stand-ins in the place of what people choose, which then become Helm's expressions: so it cannot
// differ from what `virtkit manifests` prints.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { KubernetesObject } from '@virtkit/core-types';
import { defaultRegistry, release } from '@virtkit/install';
import { stringify } from 'yaml';
import { VirtkitError } from '../errors.ts';
import { version } from '../platform/version.ts';

/** Values that no release has otherwise, by what stands in the chart instead. */
const standIns = {
  registry: { text: 'registry.stand-in.invalid', expression: '{{ .Values.registry }}' },
  tag: { text: 'tag-stand-in', expression: '{{ .Values.tag }}' },
  namespace: { text: 'namespace-stand-in', expression: '{{ .Release.Namespace }}' },
  secret: { text: 'secret-stand-in', expression: '' },
} as const;
const replicas = {
  text: 'replicas: 4242',
  expression: 'replicas: {{ .Values.operator.replicas }}',
  value: 4242,
};
const pullPolicy = {
  text: 'imagePullPolicy: Never',
  expression: 'imagePullPolicy: {{ .Values.imagePullPolicy }}',
};

/** Files of the chart by path. */
export type Chart = ReadonlyMap<string, string>;

/**
 * The Helm chart of this release: the operator with its rights, and the KubeVirt object. The kind is in `crds`, because Helm
 * must know it before the object.
 */
export function helmChart(): Chart {
  const { operator, kubeVirt } = release({
    registry: standIns.registry.text,
    tag: standIns.tag.text,
    namespace: standIns.namespace.text,
    operatorReplicas: replicas.value,
    spec: { imagePullPolicy: 'Never', imagePullSecrets: [{ name: standIns.secret.text }] },
  });
  const files = new Map<string, string>([
    ['Chart.yaml', yaml(chart)],
    ['values.yaml', values()],
    ['templates/NOTES.txt', notes],
    ['templates/kubevirt.yaml', kubeVirtTemplate(kubeVirt)],
  ]);
  for (const object of operator) {
    // The namespace is Helm's.
    if (object.kind === 'Namespace') continue;
    if (object.kind === 'CustomResourceDefinition')
      files.set(`crds/${object.metadata.name}.yaml`, yaml(object));
    else files.set(`templates/${fileName(object)}.yaml`, template(object));
  }
  return files;
}

/** Writes the chart below a folder, which is made. @throws VirtkitError `invalid-input` when it cannot be written */
export async function writeHelmChart(folder: string): Promise<void> {
  try {
    for (const [path, text] of helmChart()) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
  } catch (cause) {
    if (!(cause instanceof Error) || !('code' in cause)) throw cause;
    throw new VirtkitError('invalid-input', `the chart could not be written to ${folder}: ${cause.message}`, {
      cause,
    });
  }
}

const chart = {
  apiVersion: 'v2',
  name: 'virtkit',
  description: "Virtual machines on Kubernetes, with KubeVirt's API",
  type: 'application',
  version,
  appVersion: version,
  kubeVersion: '>=1.35.0-0',
};

function values(): string {
  const given = release({ registry: defaultRegistry, tag: version }).kubeVirt.spec;
  return [
    '# Where the images are.',
    yaml({ registry: defaultRegistry, tag: version, imagePullPolicy: 'IfNotPresent' }),
    "# Secrets of the namespace with the registry's credentials: [{name: mine}].",
    yaml({ imagePullSecrets: [] }),
    yaml({ operator: { replicas: 2 } }),
    '# What the operator is to install: the spec of the KubeVirt object. Images are pulled as above.',
    yaml({ kubeVirt: { create: true, spec: withoutPulls(given) } }),
  ].join('\n');
}

function withoutPulls(spec: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(spec).filter(([name]) => !name.startsWith('imagePull')));
}

const pullSecrets = (indent: number): string =>
  [
    '{{- with .Values.imagePullSecrets }}',
    `${' '.repeat(indent)}imagePullSecrets:`,
    `{{- toYaml . | nindent ${indent + 2} }}`,
    '{{- end }}',
  ].join('\n');

function template(object: KubernetesObject): string {
  const text = yaml(object).replace(
    /^( *)imagePullSecrets:\n *- name: secret-stand-in$/m,
    (_match, indent: string) => pullSecrets(indent.length),
  );
  return [replicas, pullPolicy, ...Object.values(standIns)].reduce(
    (result, { text: from, expression }) => result.replaceAll(from, expression),
    text,
  );
}

function kubeVirtTemplate({ apiVersion, kind, metadata }: KubernetesObject): string {
  const head = template({
    apiVersion,
    kind,
    // Whoever removes the chart keeps the machines: the object goes only when somebody deletes it.
    metadata: { ...metadata, annotations: { 'helm.sh/resource-policy': 'keep' } },
  });
  return [
    '{{- if .Values.kubeVirt.create }}',
    head.trimEnd(),
    'spec:',
    `  ${pullPolicy.expression}`,
    pullSecrets(2),
    '{{- toYaml .Values.kubeVirt.spec | nindent 2 }}',
    '{{- end }}',
    '',
  ].join('\n');
}

const notes = `The operator of Virtkit {{ .Values.tag }} installs the rest. It is done when this returns:

  kubectl wait kubevirt kubevirt -n {{ .Release.Namespace }} --for condition=Available --timeout 10m

Where Pod security is enforced, the namespace has to allow what node agents need:

  kubectl label namespace {{ .Release.Namespace }} pod-security.kubernetes.io/enforce=privileged

Removing this chart removes the operator and leaves what it installed, with all machines. To remove that too, delete the
KubeVirt object first, while the operator runs:

  kubectl delete kubevirt kubevirt -n {{ .Release.Namespace }}
`;

function fileName({ kind = '', metadata }: KubernetesObject): string {
  return `${kind}-${metadata.name}`.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
}

function yaml(value: unknown): string {
  return stringify(value, { aliasDuplicateObjects: false, lineWidth: 0 });
}
