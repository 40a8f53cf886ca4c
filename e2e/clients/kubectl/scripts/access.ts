import type { Script } from '../script.ts';

const roles = `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: "{{ns}}"}
rules:
- {apiGroups: [""], resources: [pods, configmaps], verbs: [get, list]}
- {apiGroups: [clients.example.com], resources: [widgets/status], verbs: ["*"]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: reading, namespace: "{{ns}}"}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects:
- {kind: User, apiGroup: rbac.authorization.k8s.io, name: jane}
- {kind: ServiceAccount, name: robot, namespace: "{{ns}}"}
`;

const robot = '--as=system:serviceaccount:{{ns}}:robot';

/** `auth`, tokens, and what users may not do. */
export const access: Script = {
  name: 'access',
  files: { 'roles.yaml': roles, 'more.yaml': roles.replace('[get, list]', '[get, list, watch]') },
  commands: [
    'create -f roles.yaml',
    'create serviceaccount robot',
    'auth whoami',
    'auth whoami -o yaml',
    'auth whoami --as=jane --as-group=readers --as-uid=7 -o json',
    'auth can-i create pods',
    'auth can-i get pods --as=jane',
    { run: 'auth can-i delete pods --as=jane', exitCode: 1 },
    { run: 'auth can-i get pods --as=jane -n default', exitCode: 1 },
    { run: 'auth can-i delete pods --as=jane -q', exitCode: 1 },
    'auth can-i update widgets.clients.example.com --subresource=status --as=jane',
    { run: `auth can-i get secrets/one ${robot}`, exitCode: 1 },
    'auth can-i get /healthz --as=jane',
    { run: 'auth can-i get /metrics --as=jane', exitCode: 1 },
    { run: 'auth can-i list gadgets --as=jane', exitCode: 1 },
    { run: 'auth can-i --list --as=jane', sorted: true },
    { run: `auth can-i --list ${robot}`, sorted: true },
    { run: 'auth can-i --list', sorted: true },
    'get configmaps --as=jane -o name',
    { run: 'get secrets --as=jane', exitCode: 1 },
    { run: 'get configmaps --as=jane -A', exitCode: 1 },
    { run: 'create configmap mine --from-literal=a=1 --as=jane', exitCode: 1 },
    { run: 'delete pod none --as=jane', exitCode: 1 },
    { run: 'get nodes --as=jane', exitCode: 1 },
    { run: 'apply -f roles.yaml --as=jane', exitCode: 1 },
    'auth reconcile -f roles.yaml',
    'auth reconcile -f more.yaml',
    'auth reconcile -f roles.yaml --remove-extra-permissions --remove-extra-subjects --dry-run=client',
    'get role reader -o yaml',
    { run: 'create role bigger --verb=delete --resource=pods --as=jane', exitCode: 1 },
    'create token robot',
    'create token robot --duration=1h --audience=somebody -o jsonpath={.spec.audiences}{.spec.expirationSeconds}',
    { run: 'create token robot --bound-object-kind=Secret --bound-object-name=none', exitCode: 1 },
    { run: 'create token nobody', exitCode: 1 },
    { run: 'create token robot --duration=1m', exitCode: 1 },
  ],
};
