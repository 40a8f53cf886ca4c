import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import {
  connectionFlags,
  connectionHelp,
  connectionOptions,
  jsonLogger,
  stopSignal,
  type LogLevel,
} from '@virtkit/program';
import { connect } from '@virtkit/sdk';
import { namespacedNetwork, userModeNetwork } from './network/provider.ts';
import { HostFactsSchema } from './node/host-facts.ts';
import { runVirtHandler } from './run.ts';

const usage = `usage: virt-handler --node NAME --kubelet-root DIR --tls-cert FILE --tls-key FILE --client-ca FILE [options]

${connectionHelp}
  --node NAME             name of this node's Node object
  --kubelet-root DIR      the kubelet's root folder, which holds pods/UID
  --netns-prefix PREFIX   network namespaces are /run/netns/PREFIX<podUID> (default: virtkit-)
  --user-network          guests get user-mode networking; for a kubelet without network namespaces
  --hypervisor NAME       a hypervisor that this node offers; may be given more than once
  --virtualization JSON   what the node probe found, kept on the Node object
  --host JSON             what the node's virtualisation can do, as the node probe prints it, for the node's labels
  --listen HOST:PORT      where to serve consoles (default: 127.0.0.1:0, any free port)
  --tls-cert FILE, --tls-key FILE   certificate and key of this node, PEM
  --client-ca FILE        authority of the certificates that may call, PEM
  --client-name NAME      common name that may call (default: kubevirt.io:system:client:virt-handler)
  --launcher-user UID     user that launchers run as; may be given more than once (default: 107 and this user)
  --log-level LEVEL       debug, info, warn or error (default: info)
  --supervised            end when standard input ends
`;

const { values } = parseArgs({
  options: {
    ...connectionFlags,
    node: { type: 'string' },
    'kubelet-root': { type: 'string' },
    'netns-prefix': { type: 'string', default: 'virtkit-' },
    'user-network': { type: 'boolean', default: false },
    hypervisor: { type: 'string', multiple: true, default: ['kvm-qemu', 'mock'] },
    virtualization: { type: 'string', default: '{"state":"absent"}' },
    host: { type: 'string' },
    listen: { type: 'string', default: '127.0.0.1:0' },
    'tls-cert': { type: 'string' },
    'tls-key': { type: 'string' },
    'client-ca': { type: 'string' },
    'client-name': { type: 'string', default: 'kubevirt.io:system:client:virt-handler' },
    'launcher-user': { type: 'string', multiple: true, default: ['107', String(process.getuid?.() ?? 0)] },
    'log-level': { type: 'string', default: 'info' },
    supervised: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

/** The value of a flag that must be given. */
function required(name: 'node' | 'kubelet-root' | 'tls-cert' | 'tls-key' | 'client-ca'): string {
  const value = values[name];
  if (value === undefined) {
    process.stderr.write(`--${name} is missing\n\n${usage}`);
    process.exit(2);
  }
  return value;
}

/** Whether the kubelet gives containers CPUs of their own: its state says so once it has written it. */
async function isCpuManagerStatic(kubeletRoot: string): Promise<boolean> {
  try {
    const state: unknown = JSON.parse(await readFile(join(kubeletRoot, 'cpu_manager_state'), 'utf8'));
    return z.object({ policyName: z.string() }).safeParse(state).data?.policyName === 'static';
  } catch (error) {
    // A kubelet without a CPU manager writes no state.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}

async function main(): Promise<void> {
  const logger = jsonLogger('virt-handler', (line) => process.stderr.write(line), {
    level: values['log-level'] as LogLevel,
  });
  const signal = stopSignal({ supervised: values.supervised });
  const [nodeName, kubeletRoot] = [required('node'), required('kubelet-root')];
  const [certificate, key, ca] = await Promise.all(
    [required('tls-cert'), required('tls-key'), required('client-ca')].map((path) => readFile(path, 'utf8')),
  );
  const colon = values.listen.lastIndexOf(':');
  await using client = await connect(await connectionOptions(values, 'virt-handler/0.1.0'));
  await runVirtHandler({
    client,
    nodeName,
    kubeletRoot,
    network: values['user-network']
      ? userModeNetwork
      : namespacedNetwork({
          namespaceOf: (uid) => `/run/netns/${values['netns-prefix']}${uid}`,
          ownerUid: 107,
        }),
    node: {
      hypervisors: values.hypervisor,
      hardwareVirtualization: JSON.parse(values.virtualization) as { state: string },
    },
    host: values.host === undefined ? undefined : HostFactsSchema.parse(JSON.parse(values.host)),
    staticCpuManager: await isCpuManagerStatic(kubeletRoot),
    server: {
      listen: { host: values.listen.slice(0, colon), port: Number(values.listen.slice(colon + 1)) },
      tls: { certificate: certificate ?? '', key: key ?? '', ca: ca ?? '' },
      clients: [values['client-name']],
    },
    launcherUsers: values['launcher-user'].map(Number),
    volumeOwner: process.getuid?.() === 0 ? 107 : undefined,
    logger,
    signal,
  });
  logger.info('stopped');
}

if (values.help) process.stdout.write(usage);
else await main();
