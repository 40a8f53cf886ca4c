/** Typed client for Virtkit, KubeVirt and any other Kubernetes API. */
export { connect, type Client, type TypedResources } from './client.ts';
export type { ConnectOptions, Validation } from './configuration/options.ts';
export { clusterLookups, type ClusterLookupOptions } from './admission/cluster-lookups.ts';
export type { Judgement, LeftToServer } from './admission/judgement.ts';
export type { ObjectReader, ObjectSource } from './admission/object-source.ts';
export { referenceLookup } from './admission/reference-lookup.ts';
export {
  ApiError,
  apiErrorCodes,
  isApiError,
  type ApiErrorCode,
  type ApiErrorOptions,
  type FieldProblem,
  type Retry,
} from './errors.ts';
export type {
  ActionOptions,
  FreezeOptions,
  LauncherLogOptions,
  PortForwardOptions,
  StartOptions,
  StopOptions,
  VirtualMachineActions,
  VirtualMachineInstanceActions,
  VncOptions,
} from './machines/actions.ts';
export type {
  GuestAgentInfo,
  GuestFileSystem,
  GuestFileSystemList,
  GuestOsInfo,
  GuestUser,
  GuestUserList,
} from './machines/guest-info.ts';
export { plainProtocol } from './machines/subresources.ts';
export type {
  ApplyOptions,
  DeleteCollectionOptions,
  DeleteOptions,
  KubernetesList,
  ListOptions,
  Patch,
  ScopeOptions,
  SelectionOptions,
  SubresourceWriteOptions,
  WatchEvent,
  WatchOptions,
  WriteOptions,
} from './resource/options.ts';
export type { ResourceClient, SubresourceRequest } from './resource/resource-client.ts';
export { errorOfResponse, errorOfStatus, isKubernetesStatus, type KubernetesStatus } from './status.ts';
export type {
  HttpMethod,
  Query,
  RawRequest,
  RawResponse,
  RequestObserver,
  RequestOutcome,
} from './transport/request.ts';
export type { StreamOutcome, UpgradeOptions, WebSocketStream } from './transport/websocket.ts';
export type { ApiWarning, WarningHandler } from './warnings.ts';
export { observe } from './wait/observe.ts';
export { waitFor, type WaitOptions } from './wait/wait-for.ts';
export {
  agentConnected,
  hasCondition,
  hasPhase,
  isDeleted,
  isPaused,
  isReady,
  isRunning,
  isStopped,
  type ConditionedObject,
  type ObjectCondition,
} from './wait/conditions.ts';
export {
  claimDisk,
  cloudInitDisk,
  containerDisk,
  dataVolumeDisk,
  emptyDisk,
  type Attachment,
  type AttachmentOptions,
  type CloudInit,
  type ContainerDiskOptions,
} from './builders/attachment.ts';
export {
  instanceId,
  instanceIdLabel,
  machineService,
  type MachineServiceOptions,
} from './builders/service.ts';
export {
  hypervisorAnnotation,
  virtualMachine,
  virtualMachineInstance,
  type VirtualMachineInstanceOptions,
  type VirtualMachineOptions,
} from './builders/virtual-machine.ts';
