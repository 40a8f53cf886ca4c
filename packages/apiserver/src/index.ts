export { startControlPlane } from './control-plane.ts';
export type { ControlPlane, ControlPlaneMetrics, ControlPlaneOptions } from './control-plane.ts';
export { ApiServerError } from './errors.ts';
export type { ApiServerErrorCode, ApiServerErrorOptions, Retry, StatusCause } from './errors.ts';
export type {
  AdmissionDenial,
  AdmissionMutation,
  AdmissionOperation,
  AdmissionPlugin,
  AdmissionRequest,
  AdmissionTarget,
  AdmissionVerdict,
  JsonPatchOperation,
  UserInfo,
} from './admission/types.ts';
export type {
  CallOptions,
  ClientKind,
  DeleteOptions,
  ListOptions,
  ObjectList,
  Patch,
  ResourceClient,
  SelectOptions,
  Served,
  TypedObject,
  WatchEvent,
  WatchOptions,
  WriteOptions,
} from './client/types.ts';
export { mutateWithPlugins, validateWithPlugins } from './admission/plugins.ts';
export type { AdmissionOutcome } from './admission/plugins.ts';
export type { DefinitionSource } from './crd/sources.ts';
export type { CustomResourceDefinition, CustomResourceNames, CustomResourceVersion } from './crd/types.ts';
export type { RequestObserver, RequestRecord } from './http/audit.ts';
export type { TokenIdentity } from './authentication/static-tokens.ts';
export { readBody, readObject } from './http/body.ts';
export type { RequestLimits } from './http/limits.ts';
export { parseRequestInfo } from './http/request-info.ts';
export type { RequestInfo } from './http/request-info.ts';
export { pathSegments } from './http/request-target.ts';
export { sendError, sendJson } from './http/respond.ts';
export type { ListenAddress } from './http/server.ts';
export { refuseUpgrade } from './http/server.ts';
export type { MountedGroup, MountedRequest, MountedResource, PodSubresources } from './mounts/types.ts';
export type { GroupVersionResource, KubeObject, ObjectMeta, OwnerReference } from './object/types.ts';
export type { Schema } from './schema/types.ts';
export type { Durability } from './storage/database.ts';
export type { Retention } from './storage/event-log.ts';
export type { StoreMetrics } from './storage/store.ts';
export type { LocalWebhooks, WebhookInstallation } from './webhooks/installation.ts';
export type { ServiceAddress, ServiceResolver } from './webhooks/types.ts';
export type { CertificateIdentity, ClientCertificate } from './tls/client-authority.ts';
export type { KubeconfigIdentity } from './tls/kubeconfig.ts';
export { generateCertificates } from './tls/certificates.ts';
export type { Certificates } from './tls/certificates.ts';
