import {
  atomic,
  bool,
  int,
  list,
  long,
  map,
  mergeList,
  named,
  obj,
  open,
  quantity,
  str,
  time,
} from '../../schema/dsl.ts';
import type { Schema } from '../../schema/types.ts';
import { objectSchema } from '../builtin.ts';
import { AFFINITY } from './affinity.ts';
import { CONTAINER, RESOURCES } from './container.ts';
import { LABEL_SELECTOR } from './meta.ts';
import { VOLUME } from './volume.ts';

const CORE = 'io.k8s.api.core.v1';

const TOLERATION = obj('Lets a pod onto nodes with a matching taint.', {
  key: str('Key of the taint.'),
  operator: str('Exists or Equal.'),
  value: str('Value of the taint.'),
  effect: str('NoSchedule, PreferNoSchedule or NoExecute.'),
  tolerationSeconds: long('Seconds for which a NoExecute taint is endured.'),
});

const POD_SECURITY_CONTEXT = obj('Rights of all containers.', {
  appArmorProfile: open('AppArmor profile.'),
  fsGroup: long('Group that owns volumes.'),
  fsGroupChangePolicy: str('When ownership is changed.'),
  runAsGroup: long('Group ID.'),
  runAsNonRoot: bool('True to refuse user ID 0.'),
  runAsUser: long('User ID.'),
  seLinuxChangePolicy: str('How volumes are labelled.'),
  seLinuxOptions: open('SELinux labels.'),
  seccompProfile: open('Filter of system calls.'),
  supplementalGroups: list(long(), 'Further groups.'),
  supplementalGroupsPolicy: str('How further groups are found.'),
  sysctls: list(
    obj('A kernel setting.', { name: str('Name.'), value: str('Value.') }, ['name', 'value']),
    'Kernel settings.',
  ),
  windowsOptions: open('Settings for Windows.'),
});

const DNS_CONFIG = obj('Settings of name resolution.', {
  nameservers: list(str(), 'Addresses of servers.'),
  searches: list(str(), 'Search domains.'),
  options: list(obj('An option.', { name: str('Name.'), value: str('Value.') }), 'Resolver options.'),
});

const REFERENCE = atomic(obj('Names an object in the same namespace.', { name: str('Name.') }));

const SPREAD = obj(
  'How pods are spread over one kind of place.',
  {
    maxSkew: int('How uneven it may be.'),
    topologyKey: str('Label of the nodes that tells the places apart.'),
    whenUnsatisfiable: str('DoNotSchedule or ScheduleAnyway.'),
    labelSelector: LABEL_SELECTOR,
    matchLabelKeys: list(str(), 'Labels whose values select pods too.'),
    minDomains: int('Places that there must be.'),
    nodeAffinityPolicy: str('Honor or Ignore.'),
    nodeTaintsPolicy: str('Honor or Ignore.'),
  },
  ['maxSkew', 'topologyKey', 'whenUnsatisfiable'],
);

/** What a pod is to be; also used in templates. */
export const POD_SPEC: Schema = named(
  `${CORE}.PodSpec`,
  obj(
    'Desired state of a pod.',
    {
      containers: mergeList(CONTAINER, 'name', 'Containers that run side by side.'),
      initContainers: mergeList(
        CONTAINER,
        'name',
        'Containers that run before the others, one after another.',
      ),
      ephemeralContainers: mergeList(
        { ...CONTAINER, 'x-kubernetes-preserve-unknown-fields': true, definitionName: undefined },
        'name',
        'Containers for debugging.',
      ),
      volumes: mergeList(VOLUME, 'name', 'Storage for the containers.'),
      restartPolicy: str('Always, OnFailure or Never.', { enum: ['Always', 'OnFailure', 'Never'] }),
      terminationGracePeriodSeconds: long('Seconds between the request to end and the kill.'),
      activeDeadlineSeconds: long('Seconds after which the pod is ended.'),
      nodeName: str('Node that the pod runs on.'),
      nodeSelector: atomic(map(str(), 'Labels that the node must have.')),
      affinity: AFFINITY,
      tolerations: list(TOLERATION, 'Taints that the pod endures.'),
      topologySpreadConstraints: mergeList(SPREAD, 'topologyKey', 'How pods are spread.', [
        'topologyKey',
        'whenUnsatisfiable',
      ]),
      schedulerName: str('Scheduler in charge.'),
      schedulingGates: mergeList(
        obj('Holds scheduling back.', { name: str('Name.') }, ['name']),
        'name',
        'What must be removed before scheduling.',
      ),
      priorityClassName: str('Name of the PriorityClass.'),
      priority: int('Priority; higher goes first.'),
      preemptionPolicy: str('PreemptLowerPriority or Never.'),
      runtimeClassName: str('Name of the RuntimeClass.'),
      overhead: map(quantity(), 'Resources that the runtime itself needs.'),
      serviceAccountName: str('Name of the ServiceAccount.'),
      serviceAccount: str('Older name of serviceAccountName.'),
      automountServiceAccountToken: bool('True if a token is mounted.'),
      imagePullSecrets: mergeList(REFERENCE, 'name', 'Secrets for pulling images.'),
      securityContext: POD_SECURITY_CONTEXT,
      hostNetwork: bool('True to use the network of the node.'),
      hostPID: bool('True to use the process IDs of the node.'),
      hostIPC: bool('True to use the IPC of the node.'),
      hostUsers: bool('False for a user namespace of its own.'),
      shareProcessNamespace: bool('True if containers see the processes of each other.'),
      hostname: str('Host name.'),
      hostnameOverride: str('Host name, whatever else says.'),
      subdomain: str('Domain below the namespace.'),
      setHostnameAsFQDN: bool('True for the full name as host name.'),
      hostAliases: mergeList(
        obj('An entry of /etc/hosts.', { ip: str('Address.'), hostnames: list(str(), 'Names.') }, ['ip']),
        'ip',
        'Entries of /etc/hosts.',
      ),
      dnsPolicy: str('ClusterFirst, ClusterFirstWithHostNet, Default or None.'),
      dnsConfig: DNS_CONFIG,
      enableServiceLinks: bool('True for environment variables about services.'),
      readinessGates: list(
        obj('A further condition.', { conditionType: str('Type of the condition.') }, ['conditionType']),
        'Conditions that must hold for the pod to be ready.',
      ),
      os: obj('Operating system.', { name: str('linux or windows.') }, ['name']),
      resourceClaims: mergeList({ ...open('A claim.') }, 'name', 'Claims of dynamic resources.'),
      resources: RESOURCES,
    },
    ['containers'],
  ),
);

/** Status of one container. */
const CONTAINER_STATUS = {
  ...obj('Status of a container.', {
    name: str('Name of the container.'),
    state: open('Waiting, running or terminated.'),
    lastState: open('State before the last restart.'),
    ready: bool('True if it can serve.'),
    started: bool('True once it has started.'),
    restartCount: int('Number of restarts.'),
    image: str('Image reference.'),
    imageID: str('Image digest.'),
    containerID: str('ID given by the runtime.'),
  }),
  'x-kubernetes-preserve-unknown-fields': true,
};

const POD_STATUS = named(`${CORE}.PodStatus`, {
  ...obj('Observed state of a pod.', {
    phase: str('Pending, Running, Succeeded, Failed or Unknown.', {
      enum: ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'],
    }),
    conditions: mergeList(
      {
        ...obj(
          'A condition.',
          {
            type: str('Type.'),
            status: str('True, False or Unknown.'),
            reason: str('Reason.'),
            message: str('Explanation.'),
            lastProbeTime: time('When it was last checked.'),
            lastTransitionTime: time('When it last changed.'),
          },
          ['type', 'status'],
        ),
        'x-kubernetes-preserve-unknown-fields': true,
      },
      'type',
      'Conditions.',
    ),
    message: str('Explanation of the phase.'),
    reason: str('Reason for the phase.'),
    nominatedNodeName: str('Node on which room is being made.'),
    hostIP: str('Address of the node.'),
    hostIPs: {
      ...mergeList(obj('An address.', { ip: str('Address.') }), 'ip', 'Addresses of the node.'),
      'x-kubernetes-list-type': 'atomic',
    },
    podIP: str('Address of the pod.'),
    podIPs: mergeList(obj('An address.', { ip: str('Address.') }), 'ip', 'Addresses of the pod.'),
    startTime: time('When the node took the pod.'),
    initContainerStatuses: list(CONTAINER_STATUS, 'Status of init containers.'),
    containerStatuses: list(CONTAINER_STATUS, 'Status of containers.'),
    ephemeralContainerStatuses: list(CONTAINER_STATUS, 'Status of ephemeral containers.'),
    qosClass: str('Guaranteed, Burstable or BestEffort.'),
    resize: str('State of a resize.'),
  }),
  'x-kubernetes-preserve-unknown-fields': true,
});

/** Schema of Pod. */
export const POD_SCHEMA: Schema = objectSchema(
  'A group of containers that run together on one node.',
  { spec: POD_SPEC, status: POD_STATUS },
  ['spec'],
);
