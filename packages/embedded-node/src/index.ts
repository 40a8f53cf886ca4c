/** The embedded node: scheduler, kubelet, images and Service plumbing for one machine. */
export { EmbeddedNodeError, isEmbeddedNodeError, type EmbeddedNodeErrorCode, type Retry } from './errors.ts';
export { defaultDevices, runKubelet, type KubeletOptions } from './kubelet/kubelet.ts';
export type { BuiltInImage } from './kubelet/image-source.ts';
export type { DevicePlugin } from './sandbox/devices.ts';
export type { BridgeNetworkOptions } from './network/cni-network.ts';
export { ImageStore, type StoredImage, type UnpackedImage } from './images/image-store.ts';
export type { LayerOwner } from './images/single-layer.ts';
export {
  podSubresources,
  type PodSubresourceHandler,
  type PodSubresourceOptions,
  type PodSubresourceRequest,
} from './logs/pod-subresources.ts';
export { runStorageController, type StorageControllerOptions } from './storage/storage-controller.ts';
export { localProvisioner, storageAnnotations } from './storage/names.ts';
export type { StorageView } from './scheduler/pod-claims.ts';
export { cleanUpNode, type CleanUpOptions } from './clean-up.ts';
export { runScheduler, type SchedulerOptions } from './scheduler/scheduler.ts';
export { place, type ClusterView, type Placement } from './scheduler/placement.ts';
export { runEndpointsController, type EndpointsControllerOptions } from './services/endpoints-controller.ts';
export {
  defaultServiceTable,
  removeServiceRules,
  runServiceProxy,
  type ServiceProxyOptions,
} from './services/service-proxy.ts';
