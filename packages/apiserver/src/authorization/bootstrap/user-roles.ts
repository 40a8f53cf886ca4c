import { EVENT_GROUPS, may, mayVisit, READ, WRITE, type BootstrapRole } from './rule.ts';

const ALL_WORKLOADS =
  'daemonsets deployments deployments/scale replicasets replicasets/scale statefulsets statefulsets/scale';
const OLD_WORKLOADS =
  'daemonsets deployments deployments/scale ingresses networkpolicies replicasets replicasets/scale replicationcontrollers/scale';
const AGGREGATE = 'rbac.authorization.k8s.io/aggregate-to';

function feeds(role: string): Record<string, string> {
  return { [`${AGGREGATE}-${role}`]: 'true' };
}

/**
 * The roles that people are given, as Kubernetes defines them: those for users of namespaces are gathered from labelled roles, so
 * that whoever adds a kind of object can add the rights to it.
 */
export function userRoles(): BootstrapRole[] {
  return [
    { name: 'cluster-admin', rules: [may('*', '*', '*'), mayVisit('*', '*')] },
    { name: 'admin', rules: [], aggregates: `${AGGREGATE}-admin` },
    { name: 'edit', rules: [], labels: feeds('admin'), aggregates: `${AGGREGATE}-edit` },
    { name: 'view', rules: [], labels: feeds('edit'), aggregates: `${AGGREGATE}-view` },
    {
      name: 'system:aggregate-to-admin',
      labels: feeds('admin'),
      rules: [
        may('create', 'authorization.k8s.io', 'localsubjectaccessreviews'),
        may(`${READ} ${WRITE}`, 'rbac.authorization.k8s.io', 'roles rolebindings'),
      ],
    },
    { name: 'system:aggregate-to-edit', labels: feeds('edit'), rules: editRules() },
    { name: 'system:aggregate-to-view', labels: feeds('view'), rules: viewRules() },
    {
      name: 'system:discovery',
      rules: [
        mayVisit(
          'get',
          '/api /api/* /apis /apis/* /healthz /livez /openapi /openapi/* /readyz /version /version/',
        ),
      ],
    },
    {
      name: 'system:basic-user',
      rules: [
        may('create', 'authorization.k8s.io', 'selfsubjectaccessreviews selfsubjectrulesreviews'),
        may('create', 'authentication.k8s.io', 'selfsubjectreviews'),
      ],
    },
    {
      name: 'system:public-info-viewer',
      rules: [mayVisit('get', '/healthz /livez /readyz /version /version/')],
    },
    {
      name: 'system:service-account-issuer-discovery',
      rules: [
        mayVisit(
          'get',
          '/.well-known/openid-configuration /.well-known/openid-configuration/ /openid/v1/jwks /openid/v1/jwks/',
        ),
      ],
    },
  ];
}

function viewRules() {
  return [
    may(
      READ,
      '',
      'configmaps endpoints persistentvolumeclaims persistentvolumeclaims/status pods replicationcontrollers replicationcontrollers/scale serviceaccounts services services/status',
    ),
    may(
      READ,
      '',
      'bindings limitranges namespaces/status pods/log pods/status replicationcontrollers/status resourcequotas resourcequotas/status',
    ),
    may(READ, '', 'namespaces'),
    may(READ, EVENT_GROUPS, 'events'),
    may(READ, 'discovery.k8s.io', 'endpointslices'),
    may(
      READ,
      'apps',
      `controllerrevisions daemonsets/status deployments/status replicasets/status statefulsets/status ${ALL_WORKLOADS}`,
    ),
    may(READ, 'autoscaling', 'horizontalpodautoscalers horizontalpodautoscalers/status'),
    may(READ, 'batch', 'cronjobs cronjobs/status jobs jobs/status'),
    may(
      READ,
      'extensions',
      `daemonsets/status deployments/status ingresses/status replicasets/status ${OLD_WORKLOADS}`,
    ),
    may(READ, 'policy', 'poddisruptionbudgets poddisruptionbudgets/status'),
    may(READ, 'networking.k8s.io', 'ingresses ingresses/status networkpolicies'),
    may(READ, 'resource.k8s.io', 'resourceclaims resourceclaims/status resourceclaimtemplates'),
  ];
}

function editRules() {
  return [
    may(READ, '', 'pods/attach pods/exec pods/portforward pods/proxy secrets services/proxy'),
    may('impersonate', '', 'serviceaccounts'),
    may(WRITE, '', 'pods pods/attach pods/exec pods/portforward pods/proxy'),
    may('create', '', 'pods/eviction'),
    may(
      WRITE,
      '',
      'configmaps persistentvolumeclaims replicationcontrollers replicationcontrollers/scale secrets serviceaccounts services services/proxy',
    ),
    may('create', '', 'serviceaccounts/token'),
    may(WRITE, EVENT_GROUPS, 'events'),
    may(WRITE, 'apps', `deployments/rollback ${ALL_WORKLOADS}`),
    may(WRITE, 'autoscaling', 'horizontalpodautoscalers'),
    may(WRITE, 'batch', 'cronjobs jobs'),
    may(WRITE, 'extensions', `deployments/rollback ${OLD_WORKLOADS}`),
    may(WRITE, 'policy', 'poddisruptionbudgets'),
    may(WRITE, 'networking.k8s.io', 'ingresses networkpolicies'),
    may(`${READ} ${WRITE}`, 'coordination.k8s.io', 'leases'),
    may(WRITE, 'resource.k8s.io', 'resourceclaims resourceclaimtemplates'),
  ];
}
