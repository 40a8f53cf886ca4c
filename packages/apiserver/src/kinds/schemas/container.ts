import {
  atomic,
  bool,
  int,
  intOrString,
  keyedList,
  list,
  long,
  map,
  mergeList,
  named,
  obj,
  open,
  quantity,
  str,
} from '../../schema/dsl.ts';
import type { Schema } from '../../schema/types.ts';

const CORE = 'io.k8s.api.core.v1';

const KEY_SELECTOR = (source: string) =>
  atomic(
    obj(
      `A key of a ${source}.`,
      {
        name: str('Name of the object.'),
        key: str('Key in it.'),
        optional: bool('True if it may be missing.'),
      },
      ['key'],
    ),
  );

const OBJECT_SOURCE = (source: string) =>
  obj(`All keys of a ${source}.`, {
    name: str('Name of the object.'),
    optional: bool('True if it may be missing.'),
  });

/** A reference to a field of the pod, such as `metadata.name`. */
export const FIELD_REF: Schema = named(
  `${CORE}.ObjectFieldSelector`,
  atomic(
    obj(
      'A field of the pod itself.',
      { apiVersion: str('Version of the path.'), fieldPath: str('Path of the field.') },
      ['fieldPath'],
    ),
  ),
);

/** A reference to a resource request or limit of a container. */
export const RESOURCE_FIELD_REF: Schema = named(
  `${CORE}.ResourceFieldSelector`,
  atomic(
    obj(
      'A resource of a container.',
      {
        containerName: str('Name of the container.'),
        resource: str('Such as limits.cpu.'),
        divisor: quantity('Unit of the value.'),
      },
      ['resource'],
    ),
  ),
);

const ENV_VAR = named(
  `${CORE}.EnvVar`,
  obj(
    'An environment variable.',
    {
      name: str('Name of the variable.'),
      value: str('Value; $(NAME) refers to other variables.'),
      valueFrom: obj('Where the value comes from.', {
        fieldRef: FIELD_REF,
        resourceFieldRef: RESOURCE_FIELD_REF,
        configMapKeyRef: KEY_SELECTOR('ConfigMap'),
        secretKeyRef: KEY_SELECTOR('Secret'),
        fileKeyRef: atomic(open('A key of a file in a volume.')),
      }),
    },
    ['name'],
  ),
);

const ENV_FROM = obj('A source of environment variables.', {
  prefix: str('Put in front of each name.'),
  configMapRef: OBJECT_SOURCE('ConfigMap'),
  secretRef: OBJECT_SOURCE('Secret'),
});

const HTTP_GET = obj(
  'An HTTP request.',
  {
    path: str('Path of the URL.'),
    port: intOrString('Port by number or name.'),
    host: str('Host; the pod itself unless given.'),
    scheme: str('HTTP or HTTPS.'),
    httpHeaders: list(
      obj('A header.', { name: str('Name.'), value: str('Value.') }, ['name', 'value']),
      'Headers.',
    ),
  },
  ['port'],
);

const HANDLERS = {
  exec: obj('A command in the container.', { command: list(str(), 'Command and arguments.') }),
  httpGet: HTTP_GET,
  tcpSocket: obj('A TCP connection.', { host: str('Host.'), port: intOrString('Port.') }, ['port']),
};

const PROBE = named(
  `${CORE}.Probe`,
  obj('A repeated check of a container.', {
    ...HANDLERS,
    grpc: obj('A gRPC health check.', { port: int('Port.'), service: str('Service to ask about.') }, [
      'port',
    ]),
    initialDelaySeconds: int('Seconds before the first check.'),
    periodSeconds: int('Seconds between checks.'),
    timeoutSeconds: int('Seconds a check may take.'),
    successThreshold: int('Successes in a row that count.'),
    failureThreshold: int('Failures in a row that count.'),
    terminationGracePeriodSeconds: long('Seconds to end after a failure.'),
  }),
);

const LIFECYCLE_HANDLER = obj('What to do.', {
  ...HANDLERS,
  sleep: obj('A pause.', { seconds: long('Seconds.') }, ['seconds']),
});

/** Resource requests and limits. */
export const RESOURCES: Schema = named(
  `${CORE}.ResourceRequirements`,
  obj('Compute resources.', {
    limits: map(quantity(), 'The most that may be used.'),
    requests: map(quantity(), 'What is set aside.'),
    claims: keyedList(
      obj('A claim.', { name: str('Name of the claim.'), request: str('One request of it.') }, ['name']),
      ['name'],
      'Claims of dynamic resources.',
    ),
  }),
);

const SECURITY_CONTEXT = named(
  `${CORE}.SecurityContext`,
  obj('Rights of a container.', {
    allowPrivilegeEscalation: bool('True if a process may gain more rights than its parent.'),
    appArmorProfile: open('AppArmor profile.'),
    capabilities: obj('Linux capabilities.', {
      add: list(str(), 'Added.'),
      drop: list(str(), 'Taken away.'),
    }),
    privileged: bool('True for all rights of the host.'),
    procMount: str('How /proc is mounted.'),
    readOnlyRootFilesystem: bool('True if the root file system cannot be written.'),
    runAsGroup: long('Group ID.'),
    runAsNonRoot: bool('True to refuse user ID 0.'),
    runAsUser: long('User ID.'),
    seLinuxOptions: open('SELinux labels.'),
    seccompProfile: open('Filter of system calls.'),
    windowsOptions: open('Settings for Windows.'),
  }),
);

const PORT = named(
  `${CORE}.ContainerPort`,
  obj(
    'A port that a container listens on.',
    {
      name: str('Name of the port.'),
      containerPort: int('Port in the pod.', { minimum: 1, maximum: 65535 }),
      hostPort: int('Port on the node.', { minimum: 0, maximum: 65535 }),
      hostIP: str('Address on the node.'),
      protocol: str('TCP, UDP or SCTP.', { enum: ['TCP', 'UDP', 'SCTP'], default: 'TCP' }),
    },
    ['containerPort'],
  ),
);

const VOLUME_MOUNT = named(
  `${CORE}.VolumeMount`,
  obj(
    'Where a volume appears in a container.',
    {
      name: str('Name of the volume.'),
      mountPath: str('Path in the container.'),
      subPath: str('Path in the volume.'),
      subPathExpr: str('Path in the volume, with $(NAME) replaced.'),
      readOnly: bool('True if it cannot be written.'),
      recursiveReadOnly: str('Whether mounts below are read-only too.'),
      mountPropagation: str('How mounts spread between host and container.'),
    },
    ['name', 'mountPath'],
  ),
);

const VOLUME_DEVICE = obj(
  'Where a block volume appears.',
  { name: str('Name of the claim.'), devicePath: str('Path of the device.') },
  ['name', 'devicePath'],
);

/** A container of a pod. */
export const CONTAINER: Schema = named(
  `${CORE}.Container`,
  obj(
    'One program of a pod.',
    {
      name: str('Name, unique in the pod.'),
      image: str('Image reference.'),
      command: list(str(), 'Replaces the entry point of the image.'),
      args: list(str(), 'Replaces the arguments of the image.'),
      workingDir: str('Directory in which the command starts.'),
      env: mergeList(ENV_VAR, 'name', 'Environment variables.'),
      envFrom: list(ENV_FROM, 'Sources of environment variables.'),
      ports: mergeList(PORT, 'containerPort', 'Ports, for information and for names.', [
        'containerPort',
        'protocol',
      ]),
      resources: RESOURCES,
      restartPolicyRules: list(open('A rule.'), 'When the container is restarted, by its exit code.'),
      resizePolicy: list(open(), 'How resources may be resized.'),
      restartPolicy: str('Always makes an init container a sidecar.'),
      volumeMounts: mergeList(VOLUME_MOUNT, 'mountPath', 'Volumes in the file system.'),
      volumeDevices: mergeList(VOLUME_DEVICE, 'devicePath', 'Volumes as block devices.'),
      livenessProbe: PROBE,
      readinessProbe: PROBE,
      startupProbe: PROBE,
      lifecycle: obj('Actions at start and end.', {
        postStart: LIFECYCLE_HANDLER,
        preStop: LIFECYCLE_HANDLER,
        stopSignal: str('Signal that asks the container to stop.'),
      }),
      imagePullPolicy: str('Always, IfNotPresent or Never.', { enum: ['Always', 'IfNotPresent', 'Never'] }),
      securityContext: SECURITY_CONTEXT,
      stdin: bool('True if standard input is kept open.'),
      stdinOnce: bool('True if standard input closes with the first client.'),
      tty: bool('True for a terminal.'),
      terminationMessagePath: str('File with the last words.'),
      terminationMessagePolicy: str('File or FallbackToLogsOnError.'),
    },
    ['name'],
  ),
);
