import type { Script } from '../script.ts';
import { configMap, documents, pod, widget } from './manifests.ts';

/** `apply` where kubectl finds out what has changed. */
export const apply: Script = {
  name: 'apply',
  files: {
    'one.yaml': configMap('one', 'a: b', 'a: "1", b: "2"'),
    'one-changed.yaml': configMap('one', 'a: c', 'a: "9", c: "3"'),
    'widget.yaml': widget('first', 1, 'parts: [{name: bolt, count: 2}, {name: nut}]', 'free: {a: {b: c}}'),
    'widget-changed.yaml': widget('first', 2, 'parts: [{name: nut, count: 1}]'),
    'pod.yaml': pod('web'),
    'pod-changed.yaml': pod('web').replace('registry.example/side:1', 'registry.example/side:2'),
    'pod-immutable.yaml': pod('web').replace('value: plain', 'value: other'),
    'folder/a.yaml': configMap('in-folder', '', 'a: "1"'),
    'folder/deeper/b.json': '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"deeper"}}',
    'folder/notes.txt': 'not a manifest',
    'invalid.yaml': widget('first', 0),
    'nameless.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {}\n',
    'absent-namespace.yaml':
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: {{ns}}-absent}\n',
  },
  commands: [
    'apply -f one.yaml',
    'apply -f one.yaml',
    'apply -f one-changed.yaml',
    'get configmap one -o yaml',
    'apply view-last-applied configmap/one',
    'apply set-last-applied -f one.yaml',
    'apply view-last-applied configmap/one -o json',
    { run: 'apply edit-last-applied configmap/one', editor: 'sed -i "s/: .1.$/: changed/" "$1"' },
    'apply -f one.yaml -o json',
    'apply -f widget.yaml',
    'apply -f widget.yaml',
    'apply -f widget-changed.yaml',
    'get widget first -o yaml',
    'apply -f pod.yaml',
    'apply -f pod-changed.yaml',
    'apply -f pod-changed.yaml',
    { run: 'apply -f pod-immutable.yaml', exitCode: 1 },
    'apply -f folder',
    'apply -f folder -R',
    'apply -f one.yaml --dry-run=client',
    'apply -f one-changed.yaml --dry-run=server -o yaml',
    { run: 'apply -f invalid.yaml', exitCode: 1 },
    { run: 'apply -f nameless.yaml', exitCode: 1 },
    { run: 'apply -f absent-namespace.yaml', exitCode: 1 },
    'create configmap made --from-literal=a=1',
    { run: 'apply -f -', input: configMap('made', 'a: b', 'a: "2"') },
    'get configmap made -o yaml',
    'replace -f one.yaml',
    'apply -f one-changed.yaml --force',
    { run: 'apply -f one.yaml --overwrite=false', exitCode: 1 },
    'apply -f one.yaml --wait',
  ],
};

/** `apply --server-side`: owners of fields, conflicts, force. */
export const serverSide: Script = {
  name: 'server-side',
  files: {
    'one.yaml': configMap('one', 'a: b', 'a: "1", b: "2"'),
    'one-other.yaml': configMap('one', 'a: b', 'a: "9"'),
    'one-less.yaml': configMap('one', '', 'b: "2"'),
    'widget.yaml': widget('first', 1, 'tags: [x]', 'parts: [{name: bolt, count: 2}]'),
    'widget-other.yaml': widget('first', 4, 'tags: [z]', 'parts: [{name: bolt, count: 3}, {name: nut}]'),
    'pod.yaml': pod('web'),
    'client-side.yaml': configMap('client', '', 'a: "1"'),
    'client-side-changed.yaml': configMap('client', '', 'b: "2"'),
    'unknown.yaml': widget('unknown', 1, 'weight: 1'),
  },
  commands: [
    'apply --server-side -f one.yaml',
    'apply --server-side -f one.yaml',
    { run: 'apply --server-side -f one-other.yaml --field-manager=other', exitCode: 1 },
    'apply --server-side -f one-other.yaml --field-manager=other --force-conflicts',
    'get configmap one -o json --show-managed-fields',
    { run: 'apply --server-side -f one.yaml', exitCode: 1 },
    'apply --server-side -f one-less.yaml',
    'get configmap one -o yaml',
    'apply --server-side -f widget.yaml -o yaml',
    { run: 'apply --server-side -f widget-other.yaml --field-manager=other', exitCode: 1 },
    'apply --server-side -f widget-other.yaml --field-manager=other --force-conflicts -o json --show-managed-fields',
    'apply --server-side -f widget-other.yaml --field-manager=other --dry-run=server',
    'apply --server-side -f pod.yaml',
    'apply --server-side -f pod.yaml --force-conflicts',
    'apply -f client-side.yaml',
    'apply --server-side -f client-side-changed.yaml',
    'get configmap client -o json --show-managed-fields',
    'apply -f client-side.yaml',
    { run: 'apply --server-side -f unknown.yaml', exitCode: 1 },
    { run: 'apply --server-side -f unknown.yaml --validate=ignore', exitCode: 1 },
    { run: 'apply --server-side -f unknown.yaml --validate=warn', exitCode: 1 },
    { run: 'apply --server-side -f one.yaml --dry-run=client', exitCode: 1 },
    { run: 'edit configmap one', editor: 'sed -i "s/a: .9.$/a: edited/" "$1"' },
    'label configmap one a=edited --overwrite --field-manager=labeller',
    { run: 'apply --server-side -f one-other.yaml --field-manager=third', exitCode: 1 },
    { run: 'diff --server-side -f one-other.yaml --force-conflicts', exitCode: 1 },
  ],
};

const kustomization = `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namePrefix: pre-
labels:
- pairs: {set: kustomized}
resources: [widget.yaml]
configMapGenerator:
- name: generated
  literals: [a=1]
secretGenerator:
- name: hidden
  literals: [password=secret]
patches:
- patch: '[{"op": "replace", "path": "/spec/size", "value": 8}]'
  target: {kind: Widget}
`;

/** Several objects at once: kustomizations, pruning, differences from what is there. */
export const sets: Script = {
  name: 'sets',
  files: {
    'kustomized/kustomization.yaml': kustomization,
    'kustomized/widget.yaml': widget('base', 1),
    'two.yaml': documents(
      configMap('one', 'set: pruned', 'a: "1"'),
      configMap('two', 'set: pruned', 'a: "2"'),
    ),
    'one.yaml': configMap('one', 'set: pruned', 'a: "1"'),
    'set-two.yaml': documents(configMap('s-one', '', 'a: "1"'), configMap('s-two', '', 'a: "2"')),
    'changed.yaml': documents(configMap('one', 'set: pruned', 'a: "7"'), widget('new', 3)),
  },
  commands: [
    'kustomize kustomized',
    'apply -k kustomized',
    'apply -k kustomized',
    'get widgets,configmaps,secrets -l set=kustomized',
    { run: 'diff -k kustomized', exitCode: 0 },
    'delete -k kustomized',
    { run: 'apply -f two.yaml --prune -l set=pruned --prune-allowlist=core/v1/ConfigMap', sorted: true },
    { run: 'apply -f one.yaml --prune -l set=pruned --prune-allowlist=core/v1/ConfigMap --dry-run=server' },
    { run: 'apply -f one.yaml --prune -l set=pruned --prune-allowlist=core/v1/ConfigMap' },
    'get configmaps -l set=pruned',
    { run: 'apply -f one.yaml --prune -l set=pruned --prune-allowlist=example.com/v1/Nothing', exitCode: 1 },
    { run: 'diff -f changed.yaml', exitCode: 1 },
    'diff -f one.yaml',
    { run: 'diff -f changed.yaml --server-side', exitCode: 1 },
    'apply -f changed.yaml',
    'diff -f changed.yaml',
  ],
};
