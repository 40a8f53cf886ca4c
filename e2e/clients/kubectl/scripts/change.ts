import type { Script } from '../script.ts';
import { configMap, documents, pod, widget } from './manifests.ts';

/** `edit`, with editors that change something, nothing, or the wrong thing. */
export const edit: Script = {
  name: 'edit',
  files: { 'all.yaml': documents(configMap('one', 'a: b', 'a: "1"'), widget('first', 1), pod('web')) },
  commands: [
    'create -f all.yaml',
    { run: 'edit configmap one', editor: 'sed -i "s/a: .1.$/a: changed/" "$1"' },
    { run: 'edit widget first', editor: 'sed -i "s/size: 1/size: 2/" "$1"' },
    { run: 'edit widget first -o json', editor: 'sed -i "s/.size.: 2/\\"size\\": 3/" "$1"' },
    { run: 'edit widget first', editor: 'true' },
    { run: 'edit widget first', editor: 'sed -i "s/size: 3/size: -3/" "$1"', exitCode: 1 },
    { run: 'edit widget first --validate=strict', editor: 'sed -i "s/size: 3/weight: 3/" "$1"', exitCode: 1 },
    { run: 'edit widget first', editor: 'exit 3', exitCode: 1 },
    { run: 'edit widget first', editor: 'echo > "$1"', exitCode: 1 },
    { run: 'edit widget first --subresource=status', editor: 'echo "status: {phase: Edited}" >> "$1"' },
    { run: 'edit pod web', editor: 'sed -i "s/value: plain/value: other/" "$1"', exitCode: 1 },
    {
      run: 'edit pod web',
      editor: 'sed -i "s,image: registry.example/web:1,image: registry.example/web:2," "$1"',
    },
    { run: 'edit pod nobody', editor: 'true', exitCode: 1 },
    'get widget/first pod/web configmap/one -o yaml',
  ],
};

const merge = (patch: unknown): string[] => ['--type=merge', '-p', JSON.stringify(patch)];
const json = (patch: unknown): string[] => ['--type=json', '-p', JSON.stringify(patch)];
const strategic = (patch: unknown): string[] => ['-p', JSON.stringify(patch)];

/** `patch` in all types. */
export const patch: Script = {
  name: 'patch',
  files: {
    'all.yaml': documents(configMap('one', 'a: b', 'a: "1"'), widget('first', 1, 'tags: [x]'), pod('web')),
    'patch.yaml': 'data: {from: file}\n',
    'patched.yaml': configMap('patched', '', 'a: "1"'),
  },
  commands: [
    'create -f all.yaml',
    ['patch', 'configmap', 'one', ...strategic({ data: { b: '2' } })],
    ['patch', 'configmap', 'one', ...strategic({ data: { b: '2' } })],
    ['patch', 'configmap', 'one', ...merge({ data: { a: null, c: '3' } })],
    ['patch', 'configmap', 'one', ...json([{ op: 'add', path: '/data/d', value: '4' }])],
    'patch configmap one --patch-file=patch.yaml',
    {
      run: ['patch', 'configmap', 'one', ...json([{ op: 'test', path: '/data/d', value: '5' }])],
      exitCode: 1,
    },
    { run: ['patch', 'configmap', 'one', ...json([{ op: 'remove', path: '/data/none' }])], exitCode: 1 },
    { run: ['patch', 'configmap', 'one', ...json({ op: 'remove' })], exitCode: 1 },
    { run: ['patch', 'configmap', 'one', ...merge({ data: { a: 1 } })], exitCode: 1 },
    { run: ['patch', 'configmap', 'one', ...merge({ metadata: { name: 'two' } })], exitCode: 1 },
    { run: 'patch configmap one -p nonsense', exitCode: 1 },
    { run: 'patch configmap one --type=other -p {}', exitCode: 1 },
    { run: 'patch configmap nobody -p {}', exitCode: 1 },
    'get configmap one -o json --show-managed-fields',
    [
      'patch',
      'pod',
      'web',
      ...strategic({ spec: { containers: [{ name: 'side', image: 'registry.example/side:9' }] } }),
    ],
    { run: ['patch', 'pod', 'web', ...merge({ spec: { nodeSelector: { a: 'b' } } })], exitCode: 1 },
    { run: ['patch', 'pod', 'web', ...strategic({ spec: { $retainKeys: ['none'] } })], exitCode: 1 },
    [
      'patch',
      'pod',
      'web',
      '--subresource=status',
      ...strategic({ status: { conditions: [{ type: 'Ready', status: 'True' }] } }),
    ],
    'get pod web -o yaml',
    { run: ['patch', 'widget', 'first', ...strategic({ spec: { size: 2 } })], exitCode: 1 },
    ['patch', 'widget', 'first', ...merge({ spec: { size: 2 } }), '-o', 'yaml'],
    [
      'patch',
      'widget',
      'first',
      ...json([{ op: 'replace', path: '/spec/tags/0', value: 'y' }]),
      '-o',
      'jsonpath={.spec}',
    ],
    { run: ['patch', 'widget', 'first', ...merge({ spec: { size: 'big' } })], exitCode: 1 },
    { run: ['patch', 'widget', 'first', ...merge({ spec: { size: 500 } })], exitCode: 1 },
    [
      'patch',
      'widget',
      'first',
      '--subresource=status',
      ...merge({ status: { phase: 'Ready' }, spec: { size: 9 } }),
    ],
    ['patch', 'widget', 'first', '--subresource=scale', ...merge({ spec: { replicas: 4 } })],
    ['patch', 'widget', 'first', ...merge({ spec: { size: 3 } }), '--dry-run=server'],
    ['patch', '-f', 'all.yaml', ...merge({ metadata: { labels: { all: 'yes' } } })],
    ['patch', '--local', '-f', 'patched.yaml', ...merge({ data: { z: '1' } }), '-o', 'yaml'],
    'get widget first -o yaml',
  ],
};

/** `label` and `annotate`. */
export const labels: Script = {
  name: 'labels',
  files: {
    'all.yaml': documents(
      configMap('one', 'a: b', 'a: "1"'),
      configMap('two', 'a: b', 'a: "1"'),
      widget('first', 1),
    ),
  },
  commands: [
    'create -f all.yaml',
    'label configmap one tier=web',
    'label configmap one tier=web',
    { run: 'label configmap one tier=db', exitCode: 1 },
    'label configmap one tier=db --overwrite',
    'label configmap one tier-',
    'label configmap one tier-',
    'label configmap one --list',
    'label configmaps -l a=b more=yes',
    'label configmaps some=yes --field-selector=metadata.name=two',
    { run: 'label configmaps --all some=yes --field-selector=metadata.name=two', exitCode: 1 },
    { run: 'label configmap one bad/key/x=1', exitCode: 1 },
    { run: ['label', 'configmap', 'one', 'key=bad value'], exitCode: 1 },
    { run: 'label configmap one x=y --resource-version=1', exitCode: 1 },
    'label widget first x=y --dry-run=server -o yaml',
    'label widget first x=y --dry-run=client',
    'label -f all.yaml from=file',
    { run: 'label configmap nobody a=b', exitCode: 1 },
    'annotate configmap one note=kept other=gone',
    { run: 'annotate configmap one note=changed', exitCode: 1 },
    'annotate configmap one note=changed --overwrite other-',
    'annotate widgets --all note=all',
    'annotate widget first --list',
    'get configmap,widget -l a=b -o yaml',
    'label namespace {{ns}} team=a',
    'annotate namespace {{ns}} note=kept -o yaml',
  ],
};

/** `replace`. */
export const replace: Script = {
  name: 'replace',
  files: {
    'all.yaml': documents(configMap('one', 'a: b', 'a: "1"'), widget('first', 1)),
    'one.yaml': configMap('one', 'a: c', 'b: "2"'),
    'widget.yaml': widget('first', 2),
    'pod.yaml': pod('web'),
    'pod-other.yaml': pod('web').replace('value: plain', 'value: other'),
    'stale.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one, resourceVersion: "1"}\n',
    'other-uid.yaml':
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one, uid: 11111111-2222-3333-4444-555555555555}\n',
    'raw.json': '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"one"},"data":{"raw":"yes"}}',
    'absent.yaml': configMap('absent', '', 'a: "1"'),
    'unknown.yaml': widget('first', 2, 'weight: 3'),
    'status.yaml': `${widget('first', 9)}status: {phase: Replaced}\n`,
  },
  commands: [
    'create -f all.yaml',
    'replace -f one.yaml',
    'replace -f widget.yaml',
    'get configmap/one widget/first -o yaml',
    { run: 'replace -f stale.yaml', exitCode: 1 },
    { run: 'replace -f other-uid.yaml', exitCode: 1 },
    { run: 'replace -f absent.yaml', exitCode: 1 },
    { run: 'replace -f unknown.yaml', exitCode: 1 },
    'replace -f unknown.yaml --validate=warn',
    'replace -f status.yaml --subresource=status',
    'get widget first -o yaml',
    'replace -f one.yaml --dry-run=server',
    'replace -f one.yaml --save-config -o yaml',
    'replace --force -f widget.yaml',
    'replace --force -f absent.yaml',
    'create -f pod.yaml',
    { run: 'replace -f pod-other.yaml', exitCode: 1 },
    'replace --force --grace-period=0 -f pod-other.yaml',
    'replace --raw /api/v1/namespaces/{{ns}}/configmaps/one -f raw.json',
  ],
};
