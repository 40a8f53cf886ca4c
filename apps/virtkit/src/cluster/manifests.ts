import {
  defaultNamespace,
  defaultRegistry,
  release,
  type Release,
  type ReleaseOptions,
} from '@virtkit/install';
import { yamlDocuments } from '../commands/crds.ts';
import { version } from '../platform/version.ts';

/** Where images come from and where they are to run, as the command line says it. */
export interface ReleaseFlags {
  registry?: string;
  tag?: string;
  namespace?: string;
  imagePullPolicy?: 'Always' | 'IfNotPresent' | 'Never';
  imagePullSecret?: string[];
}

/** Which part of a release: the operator, or the KubeVirt object that tells it what to install. */
export type ReleasePart = 'operator' | 'kubevirt' | 'all';

/** The release that the flags ask for. */
export function releaseOf(flags: ReleaseFlags): Release {
  const { imagePullPolicy, imagePullSecret } = flags;
  const options: ReleaseOptions = {
    registry: flags.registry ?? defaultRegistry,
    tag: versionOf(flags),
    namespace: flags.namespace ?? defaultNamespace,
    spec: {
      ...(imagePullPolicy !== undefined && { imagePullPolicy }),
      ...(imagePullSecret !== undefined && { imagePullSecrets: imagePullSecret.map((name) => ({ name })) }),
    },
  };
  return release(options);
}

/** What the release calls itself: the tag of its images. */
export function versionOf({ tag = version }: ReleaseFlags): string {
  return tag;
}

/** The release as YAML documents, in the order in which they are applied. */
export function manifests(part: ReleasePart, flags: ReleaseFlags): string {
  const { operator, kubeVirt } = releaseOf(flags);
  const parts = { operator, kubevirt: [kubeVirt], all: [...operator, kubeVirt] };
  return yamlDocuments(parts[part]);
}
