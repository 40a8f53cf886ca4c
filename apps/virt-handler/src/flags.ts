import {
  connectionHelp,
  PortSchema,
  readCommandLine,
  TextSchema,
  wholeNumber,
  type CommandLine,
} from '@virtkit/program';
import { z } from 'zod';
import { defaultBounds, type LogBounds } from './launcher-logs/kept-logs.ts';

const day = 24 * 60 * 60_000;

/** Help for the command line. */
export const usage = `usage: virt-handler --hostname-override NAME [options]

${connectionHelp}
  --hostname-override NAME       name of this node's Node object
  --pod-ip-address ADDRESS       where to serve, and what virt-api calls this node agent by (default: 127.0.0.1)
  --console-server-port PORT     consoles and operations, for virt-api; 0 is any free port (default: 8186)
  --port PORT                    metrics and health (default: they are not served)
  --max-metric-requests N        requests for metrics that are answered at a time (default: 3)
  --max-devices N                virtual machines that devices of this node are for, at a time (default: 1000)
  --tls-cert-file FILE, --tls-key-file FILE   certificate and key of this node agent, PEM, followed as they change
                                 (default: tls.crt and tls.key in /etc/virt-handler/servercertificates)
  --client-ca-file FILE          authorities of the certificates that may call, PEM, followed as they change
                                 (default: /etc/virt-handler/ca/ca-bundle)
  --client-name NAME             common name that may call (default: kubevirt.io:system:client:virt-handler)
  --kubelet-root DIR             the kubelet's root folder, which holds pods/UID (default: /var/lib/kubelet)
  --device-plugin-dir DIR        where the kubelet takes device plugins from (default: device-plugins in its root folder)
  --no-device-plugins            for a kubelet that knows the devices itself
  --netns-prefix PREFIX          network namespaces are /run/netns/PREFIX<podUID> (default: found by the Pods' processes)
  --pod-logs DIR                 where the kubelet keeps the logs of Pods (default: /var/log/pods)
  --embedded-pod-logs            they are in the folders of its Pods; for the embedded kubelet
  --launcher-logs DIR            where logs of launchers that failed are kept (default: /var/log/virtkit/launchers)
  --launcher-logs-max-bytes N    of each log its last N bytes (default: 1048576)
  --launcher-logs-per-instance N so many of instances of one name (default: 5)
  --launcher-logs-per-node N     so many in all (default: 200)
  --launcher-logs-max-age DAYS   so long (default: 14)
  --user-network                 guests get user-mode networking; for a kubelet without network namespaces
  --node-probe FILE              what virt-launcher's probe printed of this node
                                 (default: /var/lib/kubevirt-node-labeller/probe.json)
  --launcher-user UID            user that launchers run as; may be given more than once (default: 107 and this user)
  -v N, --v N                    verbosity: from 4 on details are logged (default: 2)
  --supervised                   end when standard input ends
`;

const options = {
  'hostname-override': { type: 'string' },
  'pod-ip-address': { type: 'string', default: '127.0.0.1' },
  'console-server-port': { type: 'string', default: '8186' },
  port: { type: 'string' },
  'max-metric-requests': { type: 'string', default: '3' },
  'max-devices': { type: 'string', default: '1000' },
  'tls-cert-file': { type: 'string', default: '/etc/virt-handler/servercertificates/tls.crt' },
  'tls-key-file': { type: 'string', default: '/etc/virt-handler/servercertificates/tls.key' },
  'client-ca-file': { type: 'string', default: '/etc/virt-handler/ca/ca-bundle' },
  'client-name': { type: 'string', default: 'kubevirt.io:system:client:virt-handler' },
  'kubelet-root': { type: 'string', default: '/var/lib/kubelet' },
  'device-plugin-dir': { type: 'string' },
  'device-plugins': { type: 'boolean', default: true },
  'netns-prefix': { type: 'string' },
  'pod-logs': { type: 'string', default: '/var/log/pods' },
  'embedded-pod-logs': { type: 'boolean', default: false },
  'launcher-logs': { type: 'string', default: '/var/log/virtkit/launchers' },
  'launcher-logs-max-bytes': { type: 'string', default: String(defaultBounds.bytes) },
  'launcher-logs-per-instance': { type: 'string', default: String(defaultBounds.perInstance) },
  'launcher-logs-per-node': { type: 'string', default: String(defaultBounds.perNode) },
  'launcher-logs-max-age': { type: 'string', default: String(defaultBounds.ageMs / day) },
  'user-network': { type: 'boolean', default: false },
  'node-probe': { type: 'string', default: '/var/lib/kubevirt-node-labeller/probe.json' },
  'launcher-user': { type: 'string', multiple: true },
} as const;

const count = wholeNumber(1, 1_000_000);
const user = wholeNumber(0, 2 ** 32 - 2);
const folder = z.string().startsWith('/', 'must be an absolute path');

const FlagsSchema = z.object({
  'hostname-override': TextSchema,
  'pod-ip-address': z.union([z.ipv4(), z.ipv6()], { error: 'must be an IP address' }),
  'console-server-port': PortSchema,
  port: PortSchema.optional(),
  'max-metric-requests': count,
  'max-devices': count,
  'tls-cert-file': z.string(),
  'tls-key-file': z.string(),
  'client-ca-file': z.string(),
  'client-name': TextSchema,
  'kubelet-root': folder,
  'device-plugin-dir': folder.optional(),
  'device-plugins': z.boolean(),
  'netns-prefix': z.string().optional(),
  'pod-logs': folder,
  'embedded-pod-logs': z.boolean(),
  'launcher-logs': folder,
  'launcher-logs-max-bytes': wholeNumber(1024, 1024 ** 3),
  'launcher-logs-per-instance': count,
  'launcher-logs-per-node': count,
  'launcher-logs-max-age': wholeNumber(1, 36_500),
  'user-network': z.boolean(),
  'node-probe': z.string(),
  'launcher-user': z.array(user).default([107, process.getuid?.() ?? 0]),
});

/** The program's settings, by flag name. */
export type Flags = z.output<typeof FlagsSchema>;

/** Reads the command line, without the program's own name. */
export function readFlags(args: readonly string[]): CommandLine<Flags> {
  return readCommandLine(args, { options, schema: FlagsSchema });
}

/** How much is kept of launchers that failed. */
export function logBounds(flags: Flags): LogBounds {
  return {
    bytes: flags['launcher-logs-max-bytes'],
    perInstance: flags['launcher-logs-per-instance'],
    perNode: flags['launcher-logs-per-node'],
    ageMs: flags['launcher-logs-max-age'] * day,
  };
}
