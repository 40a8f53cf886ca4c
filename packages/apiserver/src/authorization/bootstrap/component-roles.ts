import { EVENT_GROUPS, may, mayVisit, mayWriteEvents, READ, WRITE, type BootstrapRole } from './rule.ts';

const LEASES = 'coordination.k8s.io';
const STORAGE = 'storage.k8s.io';
const CLAIMS = 'resource.k8s.io';
const CERTIFICATES = 'certificates.k8s.io';
const TOKEN_REVIEWS = () => may('create', 'authentication.k8s.io', 'tokenreviews');
const ACCESS_REVIEWS = () => may('create', 'authorization.k8s.io', 'subjectaccessreviews');

/** The roles of programs: schedulers, node agents, API servers behind this one, monitoring. */
export function componentRoles(): BootstrapRole[] {
  return [
    {
      name: 'system:monitoring',
      rules: [
        mayVisit(
          'get',
          '/flagz /healthz /healthz/* /livez /livez/* /metrics /metrics/slis /readyz /readyz/* /statusz',
        ),
        may('get', '', 'nodes/metrics'),
      ],
    },
    { name: 'system:auth-delegator', rules: [TOKEN_REVIEWS(), ACCESS_REVIEWS()] },
    { name: 'system:kube-aggregator', rules: [may(READ, '', 'endpoints services')] },
    { name: 'system:kube-dns', rules: [may('list watch', '', 'endpoints services')] },
    {
      name: 'system:node-problem-detector',
      rules: [may('get', '', 'nodes'), may('patch', '', 'nodes/status'), mayWriteEvents()],
    },
    {
      name: 'system:node-bootstrapper',
      rules: [may(`create ${READ}`, CERTIFICATES, 'certificatesigningrequests')],
    },
    {
      name: 'system:kubelet-api-admin',
      rules: [
        may(READ, '', 'nodes'),
        may('proxy', '', 'nodes'),
        may('*', '', 'nodes/log nodes/metrics nodes/proxy nodes/stats'),
        may('*', '', 'nodes/configz nodes/healthz nodes/pods'),
      ],
    },
    {
      name: 'system:node-proxier',
      rules: [
        may('list watch', '', 'endpoints services'),
        may(READ, '', 'nodes'),
        mayWriteEvents(),
        may('list watch', 'networking.k8s.io', 'servicecidrs'),
        may('list watch', 'discovery.k8s.io', 'endpointslices'),
      ],
    },
    {
      name: 'system:persistent-volume-provisioner',
      rules: [
        may(`create delete ${READ}`, '', 'persistentvolumes'),
        may(`update ${READ}`, '', 'persistentvolumeclaims'),
        may(READ, STORAGE, 'storageclasses'),
        may('watch', '', 'events'),
        mayWriteEvents(),
      ],
    },
    {
      name: 'system:volume-scheduler',
      rules: [
        may(`patch update ${READ}`, '', 'persistentvolumes'),
        may(READ, STORAGE, 'storageclasses'),
        may(`patch update ${READ}`, '', 'persistentvolumeclaims'),
      ],
    },
    { name: 'system:kube-scheduler', rules: schedulerRules() },
    { name: 'system:kube-controller-manager', rules: controllerManagerRules() },
    { name: 'system:node', rules: nodeRules() },
  ];
}

function schedulerRules() {
  return [
    mayWriteEvents(),
    may('create', LEASES, 'leases'),
    may('get list update watch', LEASES, 'leases', 'kube-scheduler'),
    may(`${READ} ${WRITE}`, LEASES, 'leasecandidates'),
    may(READ, '', 'nodes'),
    may(`delete ${READ}`, '', 'pods'),
    may('create', '', 'bindings pods/binding'),
    may('patch update', '', 'pods/status'),
    may(READ, '', 'replicationcontrollers services'),
    may(READ, ['apps', 'extensions'], 'replicasets'),
    may(READ, 'apps', 'statefulsets'),
    may(READ, 'policy', 'poddisruptionbudgets'),
    may(READ, '', 'persistentvolumeclaims persistentvolumes'),
    TOKEN_REVIEWS(),
    ACCESS_REVIEWS(),
    may(READ, STORAGE, 'csinodes'),
    may(READ, STORAGE, 'volumeattachments'),
    may(READ, '', 'namespaces'),
    may(READ, STORAGE, 'csidrivers'),
    may(READ, STORAGE, 'csistoragecapacities'),
    may(READ, CLAIMS, 'deviceclasses'),
    may(`patch update ${READ}`, CLAIMS, 'resourceclaims'),
    may(`patch update ${READ}`, CLAIMS, 'resourceclaims/status'),
    may('update', '', 'pods/finalizers'),
    may(READ, CLAIMS, 'resourceslices'),
    may('create delete', CLAIMS, 'resourceclaims'),
    may('patch update', CLAIMS, 'resourceclaims/binding'),
  ];
}

function controllerManagerRules() {
  return [
    mayWriteEvents(),
    may('create', LEASES, 'leases'),
    may('get update', LEASES, 'leases', 'kube-controller-manager'),
    may('create', '', 'secrets serviceaccounts'),
    may('delete', '', 'secrets'),
    may('get', '', 'configmaps namespaces secrets serviceaccounts'),
    may('update', '', 'secrets serviceaccounts'),
    TOKEN_REVIEWS(),
    ACCESS_REVIEWS(),
    may('list watch', '*', '*'),
    may('create', '', 'serviceaccounts/token'),
  ];
}

function nodeRules() {
  return [
    TOKEN_REVIEWS(),
    may('create', 'authorization.k8s.io', 'localsubjectaccessreviews subjectaccessreviews'),
    may(READ, '', 'services'),
    may(`create ${READ}`, '', 'nodes'),
    may('patch update', '', 'nodes/status'),
    may('patch update', '', 'nodes'),
    may('create patch update', EVENT_GROUPS, 'events'),
    may(READ, '', 'pods'),
    may('create delete', '', 'pods'),
    may('patch update', '', 'pods/status'),
    may('create', '', 'pods/eviction'),
    may(READ, '', 'configmaps secrets'),
    may('get', '', 'persistentvolumeclaims persistentvolumes'),
    may('get', '', 'endpoints'),
    may(`create ${READ}`, CERTIFICATES, 'certificatesigningrequests'),
    may('create delete get patch update', LEASES, 'leases'),
    may('get', STORAGE, 'volumeattachments'),
    may('create', '', 'serviceaccounts/token'),
    may('get patch update', '', 'persistentvolumeclaims/status'),
    may(READ, STORAGE, 'csidrivers'),
    may('create delete get patch update', STORAGE, 'csinodes'),
    may(READ, 'node.k8s.io', 'runtimeclasses'),
    may('get', CLAIMS, 'resourceclaims'),
    may('deletecollection', CLAIMS, 'resourceslices'),
    may('get', '', 'serviceaccounts'),
  ];
}
