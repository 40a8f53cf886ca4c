import {
  connectionHelp,
  DurationSchema,
  PortSchema,
  readCommandLine,
  TextSchema,
  type CommandLine,
} from '@virtkit/program';
import { z } from 'zod';

/** Help for the command line. */
export const usage = `usage: virt-operator [options]

${connectionHelp}
  --namespace NAME        where it runs and installs (default: OPERATOR_NAMESPACE, else kubevirt)
  --listen HOST           address to serve on (default: 0.0.0.0)
  --port PORT             serve /metrics, /healthz and /leader over TLS (default: 8443)
  --webhook-port PORT     serve the webhooks of the KubeVirt object (default: 8444)
  --leader-elect-lease-duration D, --leader-elect-renew-deadline D, --leader-elect-retry-period D
                          others may take over, the holder gives up, both look again after D (default: 15s, 10s, 2s)
  -v N, --v N             verbosity: from 4 on details are logged (default: 2)
  --supervised            end when standard input ends

Variables: VIRT_OPERATOR_IMAGE is the image of this program, from which the others follow unless VIRT_API_IMAGE,
VIRT_CONTROLLER_IMAGE, VIRT_HANDLER_IMAGE or VIRT_LAUNCHER_IMAGE name them; VIRTKIT_VERSION is the version of the release.
`;

const options = {
  namespace: { type: 'string' },
  listen: { type: 'string', default: '0.0.0.0' },
  port: { type: 'string', default: '8443' },
  'webhook-port': { type: 'string', default: '8444' },
  'leader-elect-lease-duration': { type: 'string', default: '15s' },
  'leader-elect-renew-deadline': { type: 'string', default: '10s' },
  'leader-elect-retry-period': { type: 'string', default: '2s' },
} as const;

const FlagsSchema = z.object({
  namespace: TextSchema.optional(),
  listen: TextSchema,
  port: PortSchema,
  'webhook-port': PortSchema,
  'leader-elect-lease-duration': DurationSchema,
  'leader-elect-renew-deadline': DurationSchema,
  'leader-elect-retry-period': DurationSchema,
});

/** The program's settings, by flag name. */
export type Flags = z.output<typeof FlagsSchema>;

/** Reads the command line, without the program's own name. */
export function readFlags(args: readonly string[]): CommandLine<Flags> {
  return readCommandLine(args, { options, schema: FlagsSchema });
}
