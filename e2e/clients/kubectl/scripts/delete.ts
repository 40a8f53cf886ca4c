import type { Script } from '../script.ts';
import { configMap, documents, pod, widget } from './manifests.ts';

const held = `apiVersion: v1
kind: ConfigMap
metadata: {name: held, finalizers: [clients.example.com/hold]}
`;

const release = 'patch configmap held --type=merge -p {"metadata":{"finalizers":null}}';

/** `delete`: of what, how, and what is waited for. */
export const deletion: Script = {
  name: 'deletion',
  files: {
    'all.yaml': documents(
      ...['one', 'two', 'three', 'four', 'five'].map((name) => configMap(name, 'a: b', 'a: "1"')),
      configMap('other', 'a: c', 'a: "1"'),
      widget('first', 1),
      widget('second', 1),
      widget('third', 1),
      pod('web'),
      pod('now'),
      held,
    ),
    'three.yaml': configMap('three', '', 'a: "1"'),
    'absent.yaml': documents(configMap('four', '', 'a: "1"'), configMap('absent', '', 'a: "1"')),
  },
  commands: [
    'create -f all.yaml',
    'delete configmap one --dry-run=client',
    'delete configmap one --dry-run=server',
    'delete configmap one',
    { run: 'delete configmap one', exitCode: 1 },
    'delete configmap one --ignore-not-found',
    'delete configmap/two widget/first -o name',
    'delete -f three.yaml',
    { run: 'delete -f absent.yaml', exitCode: 1 },
    'delete configmaps -l a=b',
    'delete configmaps -l a=none',
    'delete configmaps --field-selector=metadata.name=other',
    { run: 'delete configmaps', exitCode: 1 },
    { run: 'delete configmaps --all -l a=b', exitCode: 1 },
    'delete widgets --all',
    'delete widgets --all',
    { start: 'waiting', run: 'delete configmap held', begins: /deleted/ },
    'get configmap held -o jsonpath={.metadata.finalizers}',
    release,
    { await: 'waiting' },
    { run: 'create -f -', input: held },
    'delete configmap held --wait=false',
    { start: 'in-vain', run: 'delete configmap held --timeout=10s' },
    { run: 'create -f -', input: held, exitCode: 1 },
    'delete pod web',
    'delete pod now --now',
    { run: 'create -f -', input: pod('forced') },
    'delete pod forced --grace-period=0 --force',
    { run: 'delete gadget one', exitCode: 1 },
    { run: 'delete configmap one --cascade=sideways', exitCode: 1 },
    { run: 'delete --raw /api/v1/namespaces/{{ns}}/configmaps/absent', exitCode: 1 },
    'create namespace {{ns}}-gone',
    'create configmap inside --from-literal=a=1 --namespace={{ns}}-gone',
    'delete namespace {{ns}}-gone',
    { run: 'get namespace {{ns}}-gone', exitCode: 1 },
    { run: 'delete namespace kube-system --dry-run=server', exitCode: 1 },
    { await: 'in-vain', exitCode: 1 },
    release,
  ],
};

/** A ConfigMap that belongs to the widget `owner`, whose uid the shell fills in. */
const owned = (name: string): string => configMap(name, 'owned: yes-by-widget', 'a: "1"');

const own = (name: string): readonly string[] => [
  'patch',
  'configmap',
  name,
  '--type=merge',
  '-p',
  JSON.stringify({
    metadata: {
      ownerReferences: [
        {
          apiVersion: 'clients.example.com/v1',
          kind: 'Widget',
          name: 'owner',
          uid: '{{uid of widget/owner}}',
          blockOwnerDeletion: true,
        },
      ],
    },
  }),
];

/** `delete --cascade`: what becomes of what belongs to an object. */
export const cascade: Script = {
  name: 'cascade',
  files: { 'all.yaml': documents(widget('owner', 1), owned('one')) },
  commands: [
    'create -f all.yaml',
    own('one'),
    'get configmap one -o yaml',
    'delete widget owner --cascade=orphan',
    'get configmap one -o jsonpath={.metadata.ownerReferences}',
    { run: 'create -f -', input: widget('owner', 1) },
    own('one'),
    'delete widget owner --cascade=foreground',
    { run: 'get configmap one', exitCode: 1 },
    'create -f all.yaml',
    own('one'),
    'delete widget owner --cascade=background',
    'wait configmap/one --for=delete --timeout=60s',
    { run: 'get configmap one', exitCode: 1 },
  ],
};
