import type { KubeVirt, KubeVirtStatus } from '@virtkit/core-types';
import {
  imagesOf,
  parseOperatorImage,
  type ClusterFacts,
  type InstallStrategy,
  type InstallTarget,
} from '@virtkit/install';
import type { OperatorSettings } from './settings.ts';

/**
 * What a KubeVirt object asks this operator to install. Its `imageRegistry` and `imageTag` take the place of those of the
 * operator's own image; then images that the operator was told one by one do not count.
 */
export function targetOf(
  kubeVirt: KubeVirt,
  settings: OperatorSettings,
  cluster: ClusterFacts,
): InstallTarget {
  const { spec } = kubeVirt;
  const own = parseOperatorImage(settings.operatorImage);
  const registry = spec.imageRegistry || own.registry;
  const chosen = Boolean(spec.imageRegistry) || Boolean(spec.imageTag);
  const images = imagesOf({
    registry,
    tag: spec.imageTag || own.tag,
    prefix: own.prefix,
    images: chosen ? {} : settings.images,
  });
  return {
    namespace: settings.namespace,
    version: spec.imageTag || settings.version,
    registry,
    images,
    spec,
    cluster,
  };
}

/** The fields of the status that tell what is meant to be installed. */
export type TargetStatus = Required<
  Pick<
    KubeVirtStatus,
    | 'operatorVersion'
    | 'targetKubeVirtVersion'
    | 'targetKubeVirtRegistry'
    | 'targetDeploymentID'
    | 'targetDeploymentConfig'
  >
>;

/** The target as the status of the KubeVirt object tells it. */
export function targetStatus(
  target: InstallTarget,
  strategy: InstallStrategy,
  settings: OperatorSettings,
): TargetStatus {
  const { namespace, version, registry, images } = target;
  return {
    operatorVersion: settings.version,
    targetKubeVirtVersion: version,
    targetKubeVirtRegistry: registry,
    targetDeploymentID: strategy.id,
    // KubeVirt's form, which others read, such as virt-api for the image of libguestfs.
    targetDeploymentConfig: JSON.stringify({
      id: strategy.id,
      namespace,
      registry,
      kubeVirtVersion: version,
      virtOperatorImage: images['virt-operator'],
      virtApiImage: images['virt-api'],
      virtControllerImage: images['virt-controller'],
      virtHandlerImage: images['virt-handler'],
      virtLauncherImage: images['virt-launcher'],
    }),
  };
}
