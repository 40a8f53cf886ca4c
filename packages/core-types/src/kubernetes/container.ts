import * as z from 'zod';
import { apiObject } from '../schema/object.ts';
import {
  atomicList,
  builtInQuantity,
  int32,
  int64,
  intOrString,
  list,
  mergedMap,
  time,
} from '../schema/scalars.ts';
import {
  ExecActionSchema,
  HTTPGetActionSchema,
  HTTPHeaderSchema,
  TCPSocketActionSchema,
} from './probe-actions.ts';
import {
  LocalObjectReferenceSchema,
  ObjectFieldSelectorSchema,
  ResourceFieldSelectorSchema,
} from './references.ts';

const resourceQuantities = z.record(z.string(), builtInQuantity());

export const ContainerResourcesSchema = apiObject('Compute resources of a container.', {
  limits: resourceQuantities.optional(),
  requests: resourceQuantities.optional(),
  claims: mergedMap(
    apiObject('A resource claim of the pod.', { name: z.string(), request: z.string().optional() }),
    ['name'],
  ).optional(),
});
export type ContainerResources = z.output<typeof ContainerResourcesSchema>;

export const KeySelectorSchema = apiObject('A key of a ConfigMap or Secret.', {
  name: z.string().optional(),
  key: z.string(),
  optional: z.boolean().optional(),
});
export type KeySelector = z.output<typeof KeySelectorSchema>;

export const EnvVarSchema = apiObject('An environment variable.', {
  name: z.string(),
  value: z.string().optional(),
  valueFrom: apiObject('Where the value comes from; one member is set.', {
    configMapKeyRef: KeySelectorSchema.optional(),
    secretKeyRef: KeySelectorSchema.optional(),
    fieldRef: ObjectFieldSelectorSchema.optional(),
    resourceFieldRef: ResourceFieldSelectorSchema.optional(),
  }).optional(),
});
export type EnvVar = z.output<typeof EnvVarSchema>;

export const EnvFromSourceSchema = apiObject('Environment variables from a ConfigMap or Secret.', {
  prefix: z.string().optional(),
  configMapRef: LocalObjectReferenceSchema.extend({ optional: z.boolean().optional() }).optional(),
  secretRef: LocalObjectReferenceSchema.extend({ optional: z.boolean().optional() }).optional(),
});
export type EnvFromSource = z.output<typeof EnvFromSourceSchema>;

export const ContainerPortSchema = apiObject('A port that a container listens on.', {
  containerPort: int32(),
  name: z.string().optional(),
  protocol: z.string().optional(),
  hostIP: z.string().optional(),
  hostPort: int32().optional(),
});
export type ContainerPort = z.output<typeof ContainerPortSchema>;

export const ContainerProbeSchema = apiObject('A periodic check of a container; one action is set.', {
  exec: ExecActionSchema.optional(),
  httpGet: HTTPGetActionSchema.optional(),
  tcpSocket: TCPSocketActionSchema.optional(),
  grpc: apiObject('A gRPC health check.', { port: int32(), service: z.string().optional() }).optional(),
  initialDelaySeconds: int32().optional(),
  timeoutSeconds: int32().optional(),
  periodSeconds: int32().optional(),
  successThreshold: int32().optional(),
  failureThreshold: int32().optional(),
  terminationGracePeriodSeconds: int64().optional(),
});
export type ContainerProbe = z.output<typeof ContainerProbeSchema>;

const lifecycleHandler = apiObject('What to do at this point; one action is set.', {
  exec: ExecActionSchema.optional(),
  httpGet: apiObject('An HTTP request.', {
    path: z.string().optional(),
    port: intOrString(),
    host: z.string().optional(),
    scheme: z.string().optional(),
    httpHeaders: list(HTTPHeaderSchema).optional(),
  }).optional(),
  tcpSocket: TCPSocketActionSchema.optional(),
  sleep: apiObject('A pause.', { seconds: int64() }).optional(),
});

export const ContainerLifecycleSchema = apiObject('Actions around the life of a container.', {
  postStart: lifecycleHandler.optional(),
  preStop: lifecycleHandler.optional(),
  stopSignal: z.string().optional(),
});
export type ContainerLifecycle = z.output<typeof ContainerLifecycleSchema>;

export const SELinuxOptionsSchema = apiObject('An SELinux label.', {
  user: z.string().optional(),
  role: z.string().optional(),
  type: z.string().optional(),
  level: z.string().optional(),
});
export type SELinuxOptions = z.output<typeof SELinuxOptionsSchema>;

export const ProfileSchema = apiObject('A seccomp or AppArmor profile.', {
  type: z.string(),
  localhostProfile: z.string().optional(),
});
export type Profile = z.output<typeof ProfileSchema>;

export const ContainerSecurityContextSchema = apiObject('Privileges of a container.', {
  privileged: z.boolean().optional(),
  allowPrivilegeEscalation: z.boolean().optional(),
  capabilities: apiObject('Linux capabilities.', {
    add: atomicList(z.string()).optional(),
    drop: atomicList(z.string()).optional(),
  }).optional(),
  procMount: z.string().optional(),
  readOnlyRootFilesystem: z.boolean().optional(),
  runAsGroup: int64().optional(),
  runAsNonRoot: z.boolean().optional(),
  runAsUser: int64().optional(),
  seLinuxOptions: SELinuxOptionsSchema.optional(),
  seccompProfile: ProfileSchema.optional(),
  appArmorProfile: ProfileSchema.optional(),
});
export type ContainerSecurityContext = z.output<typeof ContainerSecurityContextSchema>;

export const VolumeMountSchema = apiObject('A volume of the pod at a path of the container.', {
  name: z.string(),
  mountPath: z.string(),
  subPath: z.string().optional(),
  subPathExpr: z.string().optional(),
  readOnly: z.boolean().optional(),
  recursiveReadOnly: z.string().optional(),
  mountPropagation: z.string().optional(),
});
export type VolumeMount = z.output<typeof VolumeMountSchema>;

export const VolumeDeviceSchema = apiObject('A block volume of the pod as a device of the container.', {
  name: z.string(),
  devicePath: z.string(),
});
export type VolumeDevice = z.output<typeof VolumeDeviceSchema>;

export const ContainerSchema = apiObject('A process with its image, resources and mounts.', {
  name: z.string(),
  image: z.string().optional(),
  imagePullPolicy: z.string().optional(),
  command: atomicList(z.string()).optional(),
  args: atomicList(z.string()).optional(),
  workingDir: z.string().optional(),
  env: mergedMap(EnvVarSchema, ['name']).optional(),
  envFrom: atomicList(EnvFromSourceSchema).optional(),
  ports: mergedMap(ContainerPortSchema, ['containerPort', 'protocol']).optional(),
  resources: ContainerResourcesSchema.optional(),
  resizePolicy: atomicList(
    apiObject('Whether a resize restarts the container.', {
      resourceName: z.string(),
      restartPolicy: z.string(),
    }),
  ).optional(),
  restartPolicy: z.string().describe('`Always` turns an init container into a sidecar.').optional(),
  volumeMounts: mergedMap(VolumeMountSchema, ['mountPath']).optional(),
  volumeDevices: mergedMap(VolumeDeviceSchema, ['devicePath']).optional(),
  livenessProbe: ContainerProbeSchema.optional(),
  readinessProbe: ContainerProbeSchema.optional(),
  startupProbe: ContainerProbeSchema.optional(),
  lifecycle: ContainerLifecycleSchema.optional(),
  securityContext: ContainerSecurityContextSchema.optional(),
  stdin: z.boolean().optional(),
  stdinOnce: z.boolean().optional(),
  tty: z.boolean().optional(),
  terminationMessagePath: z.string().optional(),
  terminationMessagePolicy: z.string().optional(),
});
export type Container = z.output<typeof ContainerSchema>;

export const ContainerStateSchema = apiObject('Waiting, running or terminated; one member is set.', {
  waiting: apiObject('Not started yet.', {
    reason: z.string().optional(),
    message: z.string().optional(),
  }).optional(),
  running: apiObject('Running.', { startedAt: time().nullable().optional() }).optional(),
  terminated: apiObject('Ended.', {
    exitCode: int32(),
    signal: int32().optional(),
    reason: z.string().optional(),
    message: z.string().optional(),
    startedAt: time().nullable().optional(),
    finishedAt: time().nullable().optional(),
    containerID: z.string().optional(),
  }).optional(),
});
export type ContainerState = z.output<typeof ContainerStateSchema>;

export const ContainerStatusSchema = apiObject('What was observed of a container.', {
  name: z.string(),
  state: ContainerStateSchema.optional(),
  lastState: ContainerStateSchema.optional(),
  ready: z.boolean(),
  started: z.boolean().optional(),
  restartCount: int32(),
  image: z.string(),
  imageID: z.string(),
  containerID: z.string().optional(),
  allocatedResources: resourceQuantities.optional(),
  resources: ContainerResourcesSchema.optional(),
});
export type ContainerStatus = z.output<typeof ContainerStatusSchema>;
