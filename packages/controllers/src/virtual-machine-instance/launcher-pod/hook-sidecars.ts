import type { ClusterConfiguration } from '@virtkit/admission';
import {
  launcherPaths,
  annotations,
  type Container,
  type PodVolume,
  type VirtualMachineInstance,
  type VolumeMount,
} from '@virtkit/core-types';
import { z } from 'zod';
import { ControllerError } from '../../runtime/errors.ts';
import { isRoot, unprivileged, unprivilegedEnvironment } from './identity.ts';
import { pluginsOf, wantsDeviceInfo } from './networks.ts';
import { supportResources } from './support-containers.ts';

/** A container that changes the machine before it starts: named by an annotation or by a network binding plug-in. */
interface HookSidecar {
  readonly image: string;
  readonly imagePullPolicy?: string | undefined;
  readonly command?: string[] | undefined;
  readonly args?: string[] | undefined;
  readonly configMap?: { readonly name: string; readonly key: string; readonly hookPath: string } | undefined;
  readonly pvc?:
    | { readonly name: string; readonly volumePath: string; readonly sharedComputePath?: string | undefined }
    | undefined;
  readonly plugin?: string;
  readonly deviceInfo?: boolean;
}

const hookSidecarsSchema = z.array(
  z.object({
    image: z.string().default(''),
    imagePullPolicy: z.string().optional(),
    command: z.array(z.string()).optional(),
    args: z.array(z.string()).optional(),
    configMap: z.object({ name: z.string(), key: z.string(), hookPath: z.string() }).optional(),
    pvc: z
      .object({ name: z.string(), volumePath: z.string(), sharedComputePath: z.string().optional() })
      .optional(),
  }),
);

/**
 * The hook sidecars of an instance, in the order of their containers.
 * @throws ControllerError `invalid-object` for an annotation that is not a list of sidecars, `unsupported` for one without
 *   an image
 */
function hookSidecars(instance: VirtualMachineInstance, configuration: ClusterConfiguration): HookSidecar[] {
  const plugins = pluginsOf(instance, configuration).flatMap(({ name, plugin }): HookSidecar[] =>
    plugin.sidecarImage === undefined || plugin.sidecarImage === ''
      ? []
      : [{ image: plugin.sidecarImage, plugin: name, deviceInfo: wantsDeviceInfo(plugin) }],
  );
  const all = [...annotated(instance, configuration), ...plugins];
  const nameless = all.findIndex(({ image }) => image === '');
  if (nameless >= 0)
    throw new ControllerError(
      'unsupported',
      `${annotations.hookSidecars}: sidecar ${nameless} names no image, and there is none to take instead`,
    );
  return all;
}

function annotated(instance: VirtualMachineInstance, { gates }: ClusterConfiguration): HookSidecar[] {
  const text = instance.metadata.annotations?.[annotations.hookSidecars];
  if (text === undefined || text === '' || !gates.has('Sidecar')) return [];
  try {
    return hookSidecarsSchema.parse(JSON.parse(text));
  } catch (cause) {
    const message = `the annotation ${annotations.hookSidecars} is not a JSON list of sidecars`;
    throw new ControllerError('invalid-object', message, { cause });
  }
}

/** What the sidecars add to the Pod: containers, volumes, and mounts of the launcher. */
export interface SidecarParts {
  readonly containers: Container[];
  readonly volumes: PodVolume[];
  readonly launcherMounts: VolumeMount[];
}

const socketsVolume = 'hook-sidecar-sockets';

/** Renders the sidecars; each has a folder of its own for its socket, and the launcher sees them all. */
export function renderHookSidecars(
  instance: VirtualMachineInstance,
  configuration: ClusterConfiguration,
): SidecarParts {
  const sidecars = hookSidecars(instance, configuration);
  if (sidecars.length === 0) return { containers: [], volumes: [], launcherMounts: [] };
  return {
    containers: sidecars.map((sidecar, index) => container(sidecar, index, instance, configuration)),
    volumes: [
      { name: socketsVolume, emptyDir: {} },
      ...sidecars.flatMap(({ configMap, pvc }): PodVolume[] => [
        ...(configMap === undefined
          ? []
          : [{ name: configMap.name, configMap: { name: configMap.name, defaultMode: 0o755 } }]),
        ...(pvc === undefined ? [] : [{ name: pvc.name, persistentVolumeClaim: { claimName: pvc.name } }]),
      ]),
    ],
    launcherMounts: [
      { name: socketsVolume, mountPath: launcherPaths.hooks },
      ...sidecars.flatMap(({ pvc }) =>
        pvc?.sharedComputePath === undefined || pvc.sharedComputePath === ''
          ? []
          : [{ name: pvc.name, mountPath: pvc.sharedComputePath }],
      ),
    ],
  };
}

function container(
  sidecar: HookSidecar,
  index: number,
  instance: VirtualMachineInstance,
  configuration: ClusterConfiguration,
): Container {
  const name = `hook-sidecar-${index}`;
  const { configMap, pvc, plugin } = sidecar;
  const root = isRoot(instance);
  return {
    name,
    image: sidecar.image,
    imagePullPolicy: sidecar.imagePullPolicy ?? configuration.values.imagePullPolicy,
    ...(sidecar.command === undefined ? {} : { command: sidecar.command }),
    ...(sidecar.args === undefined ? {} : { args: sidecar.args }),
    env: [
      { name: 'CONTAINER_NAME', value: name },
      ...(plugin === undefined ? [] : [{ name: 'NETWORK_BINDING_PLUGIN_NAME', value: plugin }]),
      ...(root ? [] : unprivilegedEnvironment),
    ],
    resources: supportResources('sidecar', instance, configuration),
    ...(root ? {} : { securityContext: unprivileged }),
    volumeMounts: [
      { name: socketsVolume, mountPath: launcherPaths.hooks, subPath: name },
      ...(sidecar.deviceInfo === true
        ? [{ name: 'network-info-annotation', mountPath: launcherPaths.podInfo }]
        : []),
      ...(configMap === undefined
        ? []
        : [{ name: configMap.name, mountPath: configMap.hookPath, subPath: configMap.key }]),
      ...(pvc === undefined ? [] : [{ name: pvc.name, mountPath: pvc.volumePath }]),
    ],
  };
}
