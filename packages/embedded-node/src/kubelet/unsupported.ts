import type { Container, Pod } from '@virtkit/core-types';

/**
 * The fields of a Pod that this kubelet does not carry, as paths. A Pod with such a field is refused as a whole: to
 * ignore one would run something else than what was asked for.
 */
export function unsupportedFields(pod: Pod): string[] {
  const { spec } = pod;
  const found: string[] = [];
  const refuse = (present: boolean, path: string) => {
    if (present) found.push(path);
  };
  refuse(spec.hostPID === true, 'spec.hostPID');
  refuse(spec.hostIPC === true, 'spec.hostIPC');
  refuse(spec.hostUsers === false, 'spec.hostUsers');
  refuse(spec.shareProcessNamespace === true, 'spec.shareProcessNamespace');
  refuse(spec.runtimeClassName !== undefined, 'spec.runtimeClassName');
  refuse(spec.activeDeadlineSeconds !== undefined, 'spec.activeDeadlineSeconds');
  refuse((spec.resourceClaims ?? []).length > 0, 'spec.resourceClaims');
  refuse((spec.ephemeralContainers ?? []).length > 0, 'spec.ephemeralContainers');
  refuse(isConfined(spec.securityContext?.seccompProfile), 'spec.securityContext.seccompProfile');
  for (const [index, volume] of (spec.volumes ?? []).entries()) {
    const path = `spec.volumes[${index}]`;
    for (const source of ['ephemeral', 'csi', 'nfs'] as const)
      refuse(volume[source] !== undefined, `${path}.${source}`);
    refuse((volume.emptyDir?.medium ?? '') !== '', `${path}.emptyDir.medium`);
    for (const [at, source] of (volume.projected?.sources ?? []).entries())
      refuse(
        source.serviceAccountToken !== undefined,
        `${path}.projected.sources[${at}].serviceAccountToken`,
      );
  }
  for (const [index, container] of (spec.initContainers ?? []).entries())
    found.push(...unsupportedInContainer(container, `spec.initContainers[${index}]`));
  for (const [index, container] of spec.containers.entries())
    found.push(...unsupportedInContainer(container, `spec.containers[${index}]`));
  return found;
}

function unsupportedInContainer(container: Container, path: string): string[] {
  const { securityContext, livenessProbe, readinessProbe } = container;
  const checks: readonly [boolean, string][] = [
    [securityContext?.privileged === true, 'securityContext.privileged'],
    [isConfined(securityContext?.seccompProfile), 'securityContext.seccompProfile'],
    [securityContext?.procMount === 'Unmasked', 'securityContext.procMount'],
    [container.startupProbe !== undefined, 'startupProbe'],
    [livenessProbe?.grpc !== undefined, 'livenessProbe.grpc'],
    [readinessProbe?.grpc !== undefined, 'readinessProbe.grpc'],
    [container.lifecycle?.postStart !== undefined, 'lifecycle.postStart'],
    [container.lifecycle?.preStop !== undefined, 'lifecycle.preStop'],
    [(container.volumeDevices ?? []).length > 0, 'volumeDevices'],
    [container.tty === true, 'tty'],
    [container.stdin === true, 'stdin'],
    [(container.ports ?? []).some(({ hostPort }) => hostPort !== undefined), 'ports[].hostPort'],
    [
      (container.volumeMounts ?? []).some(({ subPathExpr }) => subPathExpr !== undefined),
      'volumeMounts[].subPathExpr',
    ],
    [
      (container.volumeMounts ?? []).some(
        ({ mountPropagation }) => mountPropagation !== undefined && mountPropagation !== 'None',
      ),
      'volumeMounts[].mountPropagation',
    ],
  ];
  return checks.filter(([present]) => present).map(([, field]) => `${path}.${field}`);
}

function isConfined(profile: { type: string } | undefined): boolean {
  return profile !== undefined && profile.type !== 'Unconfined';
}
