import {
  connectionHelp,
  DurationSchema,
  PortSchema,
  readCommandLine,
  TextSchema,
  wholeNumber,
  type CommandLine,
} from '@virtkit/program';
import { z } from 'zod';

/** Help for the command line. */
export const usage = `usage: virt-controller --launcher-image IMAGE [options]

${connectionHelp}
  --namespace NAME        only objects of this namespace (default: all)
  --launcher-image IMAGE  image of the launcher pods
  --port PORT             serve /metrics, /healthz, /readyz and /leader over TLS, on all addresses
  --prom-cert-file FILE, --prom-key-file FILE   certificate and key for --port, PEM, followed as they change
                          (default: tls.crt and tls.key in /etc/virt-controller/certificates)
  --metrics-address HOST:PORT     serve the same without TLS, in the place of --port; port 0 is any free one
  --max-metric-requests N requests for metrics that are answered at a time (default: 3)
  --leader-elect          act only while holding the lease "virt-controller" (default: in a Pod; --no-leader-elect never)
  --leader-elect-namespace NAME   namespace of the lease (default: the Pod's, else kubevirt)
  --leader-elect-lease-duration D, --leader-elect-renew-deadline D, --leader-elect-retry-period D
                          others may take over, the holder gives up, both look again after D (default: 15s, 10s, 2s)
  --vm-controller-threads N, --vmi-controller-threads N, --rs-controller-threads N, --pool-controller-threads N
                          objects that each controller works on at a time (default: 3, 10, 3, 3)
  -v N, --v N             verbosity: from 4 on details are logged (default: 2); the KubeVirt object may ask for more
  --supervised            stop when standard input ends
  --root-less             accepted for symmetry with the node programs; nothing here needs privileges
`;

const certificates = '/etc/virt-controller/certificates';
const options = {
  namespace: { type: 'string' },
  'launcher-image': { type: 'string' },
  port: { type: 'string' },
  'prom-cert-file': { type: 'string', default: `${certificates}/tls.crt` },
  'prom-key-file': { type: 'string', default: `${certificates}/tls.key` },
  'metrics-address': { type: 'string' },
  'max-metric-requests': { type: 'string', default: '3' },
  'leader-elect': { type: 'boolean' },
  'leader-elect-namespace': { type: 'string' },
  'leader-elect-lease-duration': { type: 'string', default: '15s' },
  'leader-elect-renew-deadline': { type: 'string', default: '10s' },
  'leader-elect-retry-period': { type: 'string', default: '2s' },
  'vm-controller-threads': { type: 'string' },
  'vmi-controller-threads': { type: 'string' },
  'rs-controller-threads': { type: 'string' },
  'pool-controller-threads': { type: 'string' },
  'root-less': { type: 'boolean', default: false },
} as const;

const count = wholeNumber(1, 1000);
/** `HOST:PORT`, `[::1]:PORT` or `:PORT`. */
const address = z
  .string()
  .regex(/^(?:\[[^\]]+\]|[^:[\]]*):\d{1,5}$/, 'must be HOST:PORT')
  .transform((text) => {
    const colon = text.lastIndexOf(':');
    return {
      host: text.slice(0, colon).replace(/^\[|\]$/g, '') || '0.0.0.0',
      port: text.slice(colon + 1),
    };
  })
  .pipe(z.object({ host: z.string(), port: PortSchema }));

const FlagsSchema = z.object({
  namespace: z.string().optional(),
  'launcher-image': TextSchema,
  port: PortSchema.optional(),
  'prom-cert-file': z.string(),
  'prom-key-file': z.string(),
  'metrics-address': address.optional(),
  'max-metric-requests': count,
  'leader-elect': z.boolean().optional(),
  'leader-elect-namespace': z.string().optional(),
  'leader-elect-lease-duration': DurationSchema,
  'leader-elect-renew-deadline': DurationSchema,
  'leader-elect-retry-period': DurationSchema,
  'vm-controller-threads': count.optional(),
  'vmi-controller-threads': count.optional(),
  'rs-controller-threads': count.optional(),
  'pool-controller-threads': count.optional(),
});

/** The program's settings, by flag name. */
export type Flags = z.output<typeof FlagsSchema>;

/** Reads the command line, without the program's own name. */
export function readFlags(args: readonly string[]): CommandLine<Flags> {
  return readCommandLine(args, { options, schema: FlagsSchema });
}
