import type { Script } from '../script.ts';
import { configMap, documents, widget } from './manifests.ts';

/** `create` with everything that it can make of its arguments. */
export const generators: Script = {
  name: 'generators',
  files: {
    'settings.ini': 'a=1\nb=two\n',
    'values.env': 'FIRST=1\n# not this\nSECOND=two words\n',
    'blob.bin': 'x\u0000y',
  },
  commands: [
    'create configmap literal --from-literal=a=1 --from-literal=b=two',
    'create configmap from-file --from-file=settings.ini --from-file=renamed=settings.ini',
    'create configmap from-env --from-env-file=values.env',
    'create configmap binary --from-file=blob.bin',
    'create configmap hashed --from-literal=a=1 --append-hash',
    { run: 'create configmap literal --from-literal=a=1', exitCode: 1 },
    { run: 'create configmap Bad_Name --from-literal=a=1', exitCode: 1 },
    { run: 'create configmap key --from-literal=bad/key=1', exitCode: 1 },
    'get configmap from-file from-env binary -o yaml',
    'create secret generic password --from-literal=password=secret --type=example.com/password',
    'create secret docker-registry pull --docker-server=registry.example --docker-username=jane --docker-password=pass',
    'get secret password pull -o yaml',
    'create serviceaccount robot',
    'create role reader --verb=get,list --resource=pods,configmaps --resource-name=one',
    'create rolebinding reading --role=reader --serviceaccount={{ns}}:robot --user=jane --group=readers',
    'get role,rolebinding -o yaml',
    'create clusterrole {{ns}}-all --verb=get --non-resource-url=/healthz --dry-run=server -o yaml',
    'create clusterrole {{ns}}-sum --aggregation-rule=of={{ns}} --dry-run=server -o yaml',
    'create clusterrolebinding {{ns}}-all --clusterrole=view --user=jane --dry-run=server -o yaml',
    { run: 'create rolebinding nothing --role=nothing --clusterrole=view', exitCode: 1 },
    'create quota small --hard=pods=2,configmaps=20,requests.cpu=1',
    'create poddisruptionbudget budget --selector=app=web --min-available=1',
    'create service clusterip web --tcp=80:8080',
    'create service nodeport open --tcp=443',
    'create service externalname far --external-name=far.example',
    { run: 'create service clusterip fixed --clusterip=None --tcp=80', exitCode: 0 },
    'get service,poddisruptionbudget',
    // What is in use, a controller says.
    { run: 'get quota', only: /^NAME/ },
    'create namespace {{ns}}-more',
    'create configmap unsent --from-literal=a=1 --dry-run=client -o yaml',
    'create configmap unsent --from-literal=a=1 --dry-run=server -o json',
    { run: 'get configmap unsent', exitCode: 1 },
  ],
};

const wrong = `apiVersion: v1
kind: ConfigMap
metadata: {name: wrong, lables: {a: b}}
data: {a: "1"}
extra: true
`;

/** `create` of files, good and bad ones, and how they are checked before and after they are sent. */
export const validation: Script = {
  name: 'validation',
  files: {
    'three.yaml': documents(
      configMap('one', 'a: b', 'a: "1"'),
      widget('two', 2),
      configMap('three', '', 'c: "3"'),
    ),
    'wrong.yaml': wrong,
    'twice.yaml':
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: twice}\ndata: {a: "1"}\ndata: {b: "2"}\n',
    'type.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: type}\ndata: {a: 1}\n',
    'widget.yaml': widget('wrong', 2, 'weight: 3', 'colour: red'),
    'kind.yaml': 'apiVersion: clients.example.com/v9\nkind: Widget\nmetadata: {name: kind}\n',
    'nothing.yaml': '# nothing\n',
    'list.json':
      '{"kind":"List","apiVersion":"v1","items":[{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"listed"}}]}',
    'broken.yaml': 'apiVersion: v1\nkind: [ConfigMap\n',
    'generated.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: some-}\n',
  },
  commands: [
    'create -f three.yaml',
    { run: 'create -f three.yaml', exitCode: 1 },
    { run: 'create -f wrong.yaml', exitCode: 1 },
    { run: 'create -f wrong.yaml --validate=strict', exitCode: 1 },
    'create -f wrong.yaml --validate=warn --dry-run=server',
    'create -f wrong.yaml --validate=ignore',
    'create -f twice.yaml --validate=strict',
    { run: 'create -f type.yaml', exitCode: 1 },
    { run: 'create -f type.yaml --validate=ignore', exitCode: 1 },
    { run: 'create -f widget.yaml', exitCode: 1 },
    'create -f widget.yaml --validate=warn',
    'get widget wrong -o jsonpath={.spec}',
    { run: 'create -f kind.yaml', exitCode: 1 },
    { run: 'create -f nothing.yaml', exitCode: 1 },
    { run: 'create -f broken.yaml', exitCode: 1 },
    { run: 'create -f absent.yaml', exitCode: 1 },
    'create -f list.json',
    'create -f generated.yaml --dry-run=client -o name',
    { run: 'create -f -', input: widget('small', 0), exitCode: 1 },
    { run: 'create -f -', input: widget('big', 200), exitCode: 1 },
    { run: 'create -f -', input: widget('big', 200, 'colour: red') },
    { run: 'create -f -', input: widget('coloured', 2, 'colour: pink', 'tags: [a, a]'), exitCode: 1 },
    { run: 'create -f -', input: widget('parts', 2, 'parts: [{name: a}, {name: a}]'), exitCode: 1 },
    { run: 'create -f - --save-config -o yaml', input: widget('saved', 3) },
    { run: 'create -f - --edit', input: widget('edited', 3), editor: 'sed -i "s/size: 3/size: 7/" "$1"' },
    'get widgets',
  ],
};
