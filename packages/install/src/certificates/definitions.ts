// The certificates between the parts of an installation (KubeVirt operator facts, section 6). Those of parts that Virtkit does
// not have are left out.
import { serviceNames } from '../components.ts';

/** A certificate that an installation needs, signed by its authority. */
export interface CertificateDefinition {
  /** Name of the Secret. */
  readonly secret: string;
  readonly commonName: string;
  readonly usages: readonly ('server' | 'client')[];
  /** Names by which a server is called; none for clients. */
  readonly names: readonly string[];
}

/** The Secret with the authority, and the ConfigMaps with authorities to trust. */
export const authority = {
  secret: 'kubevirt-ca',
  commonName: 'kubevirt.io',
  bundle: 'kubevirt-ca',
  /** An administrator may put further authorities here; they are added to the bundle. */
  external: 'kubevirt-external-ca',
} as const;

/** KubeVirt: the annotation with the duration that a certificate was made for. */
export const durationAnnotation = 'kubevirt.io/duration';

/** The forms in which a Service is called, its Pods' name first, which KubeVirt uses as common name. */
function serviceNamesOf(service: string, namespace: string): string[] {
  const name = `${service}.${namespace}`;
  return [
    `${name}.pod.cluster.local`,
    service,
    name,
    `${name}.svc`,
    `${name}.svc.cluster.local`,
    'localhost',
    '127.0.0.1',
  ];
}

function serving(secret: string, service: string, namespace: string): CertificateDefinition {
  const names = serviceNamesOf(service, namespace);
  return { secret, commonName: names[0]!, usages: ['server'], names };
}

function calling(secret: string, commonName: string): CertificateDefinition {
  return { secret, commonName, usages: ['client'], names: [] };
}

/** The certificates of an installation. */
export function certificateDefinitions(namespace: string): CertificateDefinition[] {
  return [
    serving('kubevirt-operator-certs', serviceNames.operatorWebhook, namespace),
    serving('kubevirt-virt-api-certs', serviceNames.api, namespace),
    serving('kubevirt-controller-certs', 'virt-controller', namespace),
    calling('kubevirt-virt-handler-certs', 'kubevirt.io:system:client:virt-handler'),
    {
      secret: 'kubevirt-virt-handler-server-certs',
      commonName: 'kubevirt.io:system:node:virt-handler',
      usages: ['server'],
      // Node agents are called by address, and told by this name.
      names: ['kubevirt.io:system:node:virt-handler'],
    },
  ];
}

/** Names of all Secrets of an installation. */
export const managedSecrets: readonly string[] = [
  authority.secret,
  ...certificateDefinitions('').map(({ secret }) => secret),
];
