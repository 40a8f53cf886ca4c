import {
  connectionHelp,
  PortSchema,
  readCommandLine,
  TextSchema,
  wholeNumber,
  type CommandLine,
} from '@virtkit/program';
import { z } from 'zod';

/** Help for the command line. */
export const usage = `usage: virt-api [options]

Serves subresources.kubevirt.io and the webhooks of KubeVirt's kinds to a Kubernetes API server.

${connectionHelp}
  --namespace NAME          namespace of the installation (default: that of the service account, else kubevirt)
  --listen HOST             address to listen on (default: all)
  --port PORT               (default: 443)
  --tls-cert-file FILE, --tls-key-file FILE
                            what it shows to its clients, PEM (default: /etc/virt-api/certificates/tls.crt, tls.key)
  --handler-cert-file FILE, --handler-key-file FILE
                            what it shows to virt-handlers (default: /etc/virt-handler/clientcertificates/tls.crt, tls.key)
  --ca-configmap-name NAME  the authorities of virt-handlers' certificates, key ca-bundle (default: kubevirt-ca)
  --hypervisor NAME         a hypervisor that machines may ask for; may be given more than once (default: kvm-qemu, mock)
  --shutdown-delay-seconds N, --shutdown-grace-seconds N
                            how long it goes on, and how long requests may take to end, after SIGTERM (default: 5, 5)
  -v, --v LEVEL             from 4 on, refused requests are logged, too (default: 2); the KubeVirt object may ask for more
  --supervised              end when standard input ends

For KubeVirt's manifests it takes --console-server-port and --subresources-only, too, which change nothing: where a
virt-handler listens is told by its node, and all of the group is always served.
`;

const certificates = '/etc/virt-api/certificates';
const handlerCertificates = '/etc/virt-handler/clientcertificates';
const options = {
  namespace: { type: 'string' },
  listen: { type: 'string' },
  port: { type: 'string', default: '443' },
  'tls-cert-file': { type: 'string', default: `${certificates}/tls.crt` },
  'tls-key-file': { type: 'string', default: `${certificates}/tls.key` },
  'handler-cert-file': { type: 'string', default: `${handlerCertificates}/tls.crt` },
  'handler-key-file': { type: 'string', default: `${handlerCertificates}/tls.key` },
  'ca-configmap-name': { type: 'string', default: 'kubevirt-ca' },
  hypervisor: { type: 'string', multiple: true },
  'shutdown-delay-seconds': { type: 'string', default: '5' },
  'shutdown-grace-seconds': { type: 'string', default: '5' },
  'console-server-port': { type: 'string' },
  'subresources-only': { type: 'boolean' },
} as const;

const seconds = wholeNumber(0, 3600);

const FlagsSchema = z.object({
  namespace: TextSchema.optional(),
  listen: TextSchema.optional(),
  port: PortSchema,
  'tls-cert-file': TextSchema,
  'tls-key-file': TextSchema,
  'handler-cert-file': TextSchema,
  'handler-key-file': TextSchema,
  'ca-configmap-name': TextSchema,
  hypervisor: z.array(TextSchema).default(['kvm-qemu', 'mock']),
  'shutdown-delay-seconds': seconds,
  'shutdown-grace-seconds': seconds,
});

/** The program's settings, by flag name. */
export type Flags = z.output<typeof FlagsSchema>;

/** Reads the command line, without the program's own name. */
export function readFlags(args: readonly string[]): CommandLine<Flags> {
  return readCommandLine(args, { options, schema: FlagsSchema });
}
