import type { Script } from '../script.ts';
import { configMap, documents, pod, widget } from './manifests.ts';

const event = (name: string, type: string, reason: string, about: string): string => `apiVersion: v1
kind: Event
metadata: {name: ${name}}
involvedObject: {apiVersion: v1, kind: ConfigMap, name: ${about}, namespace: "{{ns}}"}
type: ${type}
reason: ${reason}
message: Something is said of ${about}.
source: {component: tests}
firstTimestamp: "2020-01-01T00:00:00Z"
lastTimestamp: "2020-01-0${(name.length % 8) + 1}T00:00:00Z"
count: 3
`;

/** `describe`, and `events`. */
export const describe: Script = {
  name: 'describe',
  files: {
    'all.yaml': documents(
      configMap('one', 'a: b', 'a: "1", b: "two\\nlines"'),
      widget('first', 1, 'tags: [x]', 'parts: [{name: bolt, count: 2}]'),
      pod('web'),
      'apiVersion: v1\nkind: Secret\nmetadata: {name: hidden}\nstringData: {password: secret}\n',
      'apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}, ports: [{port: 80}]}\n',
      'apiVersion: v1\nkind: LimitRange\nmetadata: {name: limits}\nspec: {limits: [{type: Container, default: {memory: 64Mi}}]}\n',
      'apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: budget}\nspec: {minAvailable: 1, selector: {matchLabels: {app: web}}}\n',
      'apiVersion: coordination.k8s.io/v1\nkind: Lease\nmetadata: {name: turn}\nspec: {holderIdentity: one, leaseDurationSeconds: 15}\n',
      event('first', 'Normal', 'Seen', 'one'),
      event('second', 'Warning', 'Failed', 'one'),
      event('third-one', 'Normal', 'Seen', 'two'),
    ),
  },
  commands: [
    'create -f all.yaml',
    'create role reader --verb=get --resource=pods',
    'create rolebinding reading --role=reader --user=jane',
    'create quota small --hard=secrets=9',
    'describe configmap one',
    'describe widget first',
    'describe widgets -l none=none',
    'describe pod web',
    'describe secret hidden',
    // Endpoints and the status of budgets are written by controllers.
    { run: 'describe service web', only: /^(?!Endpoints)/ },
    'describe limitrange limits',
    { run: 'describe poddisruptionbudget budget', only: /^(?!\s+(Desired|Total))/ },
    'describe lease turn',
    'describe role reader',
    'describe rolebinding reading',
    'describe serviceaccount default',
    'describe crd widgets.clients.example.com',
    { run: 'describe configmap nobody', exitCode: 1 },
    'describe configmap on',
    'events',
    'events --for=configmap/one',
    'events --types=Warning -o json',
    'get events --sort-by=.metadata.name',
    'get events --field-selector=type=Warning -o wide',
    'get events --field-selector=involvedObject.name=two,reason=Seen -o name',
    'get events.events.k8s.io -o name',
  ],
};

/** Lines of `explain` that are not descriptions: what it explains, and the fields with their types. */
const withoutDescriptions = /^[A-Z]+:|^ {2,}\S+\t|\t</;

/** `explain`, with descriptions where they are those of a custom resource. */
export const explain: Script = {
  name: 'explain',
  commands: [
    { run: 'explain widget', only: withoutDescriptions },
    'explain widget --recursive',
    'explain widget.spec',
    'explain widgets.spec.colour',
    'explain widget.spec.parts.count',
    { run: 'explain widget.metadata.name', only: withoutDescriptions },
    { run: 'explain widget.spec.none', exitCode: 1 },
    { run: 'explain gadget', exitCode: 1 },
    'explain widget.spec --output=plaintext-openapiv2',
    'explain widget --api-version=clients.example.com/v1 --recursive',
    ...[
      'configmap',
      'configmap.data',
      'pod',
      'pod.spec.containers',
      'pod.spec.containers.resources',
      'service.spec.ports',
      'lease',
      'role.rules',
      'crd.spec.names',
      'namespace.status',
      'secret.type',
      'persistentvolumeclaim.spec',
    ].map((field) => ({ run: `explain ${field}`, only: withoutDescriptions })),
    { run: 'explain pod.spec.none', exitCode: 1 },
  ],
};

/** What there is: kinds, versions, the server itself. */
export const discovery: Script = {
  name: 'discovery',
  commands: [
    'api-versions',
    'api-resources',
    'api-resources -o wide',
    'api-resources -o name --verbs=list,get --namespaced=true',
    'api-resources --namespaced=false',
    'api-resources --api-group=clients.example.com',
    'api-resources --api-group=rbac.authorization.k8s.io --no-headers',
    'api-resources --categories=gear',
    'api-resources --sort-by=kind --api-group=policy',
    'version',
    'version -o yaml',
    { run: 'cluster-info' },
    'get --raw /version',
    'get --raw /apis/clients.example.com/v1',
    'get --raw /apis/clients.example.com',
    'get --raw /.well-known/openid-configuration',
    { run: 'get --raw /nothing', exitCode: 1 },
    'options',
  ],
};
