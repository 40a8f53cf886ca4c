import type { Script } from '../script.ts';
import { configMap, documents, pod, widget } from './manifests.ts';

const status = (value: unknown): readonly string[] => [
  'patch',
  'widget',
  'first',
  '--subresource=status',
  '--type=merge',
  '-p',
  JSON.stringify({ status: value }),
];

/** `wait`. */
export const wait: Script = {
  name: 'wait',
  files: { 'all.yaml': documents(widget('first', 1), widget('second', 1), configMap('one', '', 'a: "1"')) },
  commands: [
    'create -f all.yaml',
    {
      start: 'ready',
      run: 'wait widget/first --for=condition=Ready --timeout=60s -v=6',
      begins: /watch=true/,
    },
    {
      start: 'phase',
      run: 'wait widget/first --for=jsonpath={.status.phase}=Up --timeout=60s -v=6',
      begins: /watch=true/,
    },
    { start: 'gone', run: 'wait widget/second --for=delete --timeout=60s -v=6', begins: /watch=true/ },
    { start: 'made', run: 'wait configmap/late --for=create --timeout=60s' },
    status({ conditions: [{ type: 'Ready', status: 'False', reason: 'NotYet' }], phase: 'Down' }),
    'wait widget/first --for=condition=Ready=False --timeout=60s',
    status({ conditions: [{ type: 'Ready', status: 'True', reason: 'Done' }], phase: 'Up' }),
    'delete widget second',
    'create configmap late --from-literal=a=1',
    { await: 'ready' },
    { await: 'phase' },
    { await: 'gone' },
    { await: 'made' },
    'wait widgets --all --for=condition=Ready --timeout=60s',
    'wait widget/first --for=jsonpath={.spec.size} --timeout=60s',
    'wait configmap/gone --for=delete --timeout=60s',
    { run: 'wait widget/nobody --for=condition=Ready --timeout=60s', exitCode: 1 },
    { run: 'wait widget/first --for=nonsense', exitCode: 1 },
  ],
};

/** `wait` for what does not happen: at once, and for longer than a busy machine needs to answer. */
export const waitInVain: Script = {
  name: 'wait-in-vain',
  files: { 'all.yaml': documents(widget('first', 1), configMap('one', '', 'a: "1"')) },
  commands: [
    'create -f all.yaml',
    { start: 'ready', run: 'wait widget/first --for=condition=Ready --timeout=10s' },
    { start: 'so', run: 'wait widget/first --for=jsonpath={.status.none}=1 --timeout=10s' },
    { start: 'gone', run: 'wait configmap/one --for=delete --timeout=10s' },
    { await: 'ready', exitCode: 1 },
    { await: 'so', exitCode: 1 },
    { await: 'gone', exitCode: 1 },
  ],
};

/** `scale`, `set`, `rollout`, `autoscale`, `expose`, `run`: of kinds that both servers have. */
export const operate: Script = {
  name: 'operate',
  files: {
    'all.yaml': documents(widget('first', 1), pod('web'), configMap('one', '', 'a: "1"')),
    'taken.yaml': 'apiVersion: v1\nkind: Service\nmetadata: {name: other}\nspec: {ports: [{port: 80}]}\n',
  },
  commands: [
    'create -f all.yaml',
    'scale widget first --replicas=3',
    'get widget first -o jsonpath={.spec.replicas}',
    { run: 'scale widget first --replicas=5 --current-replicas=1', exitCode: 1 },
    'scale widget first --replicas=5 --current-replicas=3',
    { run: 'scale widget first --replicas=5 --resource-version=1', exitCode: 1 },
    { run: 'scale widget nobody --replicas=5', exitCode: 1 },
    { run: 'scale configmap one --replicas=5', exitCode: 1 },
    { run: 'scale widget first --replicas=-1', exitCode: 1 },
    'get widget first --subresource=scale -o yaml',
    'set image pod/web main=registry.example/web:2',
    { run: 'set image pod/web none=registry.example/web:2', exitCode: 1 },
    { run: 'set image widget/first main=registry.example/web:2', exitCode: 1 },
    { run: 'set env pod/web MODE=other', exitCode: 1 },
    'set env pod/web --list',
    'set env pod/web MODE=other --dry-run=client -o yaml',
    { run: 'set resources pod/web -c=main --limits=memory=64Mi', exitCode: 1 },
    'expose pod web --port=80 --target-port=8080 --name=exposed',
    'set selector service exposed app=other',
    'get service exposed -o yaml',
    'create rolebinding reading --clusterrole=view --user=jane',
    'set subject rolebinding reading --user=john --serviceaccount={{ns}}:default',
    'get rolebinding reading -o yaml',
    { run: 'rollout restart widget/first', exitCode: 1 },
    { run: 'rollout status widget/first', exitCode: 1 },
    { run: 'rollout history pod/web', exitCode: 1 },
    { run: 'rollout undo configmap/one', exitCode: 1 },
    'run alone --image=registry.example/alone:1 --labels=a=b --env=A=1 --restart=Never --overrides={"spec":{"automountServiceAccountToken":false}}',
    'run dry --image=registry.example/dry:1 --dry-run=server -o yaml',
    { run: 'run alone --image=registry.example/alone:1', exitCode: 1 },
    { run: 'run Bad --image=registry.example/alone:1', exitCode: 1 },
    'get pod alone -o yaml',
    { run: 'logs web -c none', exitCode: 1 },
    { run: 'logs nobody', exitCode: 1 },
    { run: 'exec nobody -- true', exitCode: 1 },
    { run: 'top pods', exitCode: 1 },
    { run: 'cordon nobody', exitCode: 1 },
    { run: 'drain nobody', exitCode: 1 },
    { run: 'taint node nobody a=b:NoSchedule', exitCode: 1 },
  ],
};

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: main, image: "registry.example/web:1"}]}
`;

/** Kinds on which nothing acts here; at kube-apiserver kube-controller-manager does. */
export const workloads: Script = {
  name: 'workloads',
  files: { 'deployment.yaml': deployment },
  commands: [
    'create -f deployment.yaml',
    { run: 'get deployments,replicasets -o name', only: /^deployment/ },
    'create deployment other --image=registry.example/other:1',
    'set env deployment/web A=1',
    'rollout restart deployment/web',
    // How far it is depends on the controller.
    { run: 'rollout status deployment/web --timeout=5s', exitCode: 1, only: /^deployment/ },
    'scale deployment web --replicas=0',
    'autoscale deployment web --max=3',
    'create job once --image=registry.example/once:1',
    ['create', 'cronjob', 'often', '--image=registry.example/often:1', '--schedule=0 0 1 1 *'],
    'create ingress entry --rule=host.example/*=web:80',
    'create priorityclass {{ns}}-first --value=10 --dry-run=server',
    'get networkpolicies,horizontalpodautoscalers,ingresses -o name',
    'delete deployment web other --wait=false',
  ],
};
