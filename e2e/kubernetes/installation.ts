import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { connect, type Client } from '@virtkit/sdk';
import { errorCode } from '@virtkit/controllers/runtime';
import { jsonLogger } from '@virtkit/program';
import { runVirtOperator, settingsFrom } from '@virtkit/virt-operator';
import { run } from '../support/command.ts';
import type { Kubernetes } from './control-plane.ts';
import { machineAddress } from './machine-address.ts';
import { freePort } from './ports.ts';

const virtkit = fileURLToPath(new URL('../../apps/virtkit/src/main.ts', import.meta.url));
const namespace = 'kubevirt';

/** `virtkit` with a command for this cluster. @returns what it printed */
export async function virtkitCommand({ kubeconfig }: Kubernetes, ...args: string[]): Promise<string> {
  const program = ['--conditions=@virtkit/source', virtkit];
  return (
    await run([process.execPath, ...program, ...args, '--kubeconfig', kubeconfig], { timeoutMs: 300_000 })
  ).stdout;
}

/** An operator in this process, with the rights of its service account only. */
export class RunningOperator implements AsyncDisposable {
  /** What it has logged, one JSON object per line. */
  readonly log: string[] = [];
  readonly #stop = new AbortController();
  #client: Client | undefined;
  #ended: Promise<void> | undefined;

  /** Starts it for an image of this tag, after the release was applied. */
  static async start(kubernetes: Kubernetes, tag: string): Promise<RunningOperator> {
    const operator = new RunningOperator();
    const { kubeconfig } = kubernetes;
    const tokenOf = ['create', 'token', '-n', namespace, 'kubevirt-operator', '--duration', '2h'];
    const token = await run(['kubectl', '--kubeconfig', kubeconfig, ...tokenOf]);
    const client = await connect({
      server: kubernetes.url,
      ca: kubernetes.authority,
      token: token.stdout.trim(),
      onWarning: () => undefined,
    });
    operator.#client = client;
    const port = await freePort();
    operator.#ended = operator.#keepRunning(client, tag, port);
    await operator.#publish(kubernetes, port);
    return operator;
  }

  /** As a kubelet does: an operator that lost its lease, as on a machine that stood still, is started again. */
  async #keepRunning(client: Client, tag: string, webhookPort: number): Promise<void> {
    const { signal } = this.#stop;
    for (let start = 1; !signal.aborted; start++) {
      try {
        await runVirtOperator({
          client,
          settings: settingsFrom(
            { VIRT_OPERATOR_IMAGE: `virtkit.dev/virt-operator:${tag}` },
            { namespace, version: tag },
          ),
          identity: `test-${tag}-${start}`,
          listen: { host: '0.0.0.0', port: 0, webhookPort },
          architecture: 'amd64',
          logger: jsonLogger('virt-operator', (line) => this.log.push(line), { level: 'debug' }),
          signal,
        });
      } catch (error) {
        if (errorCode(error) !== 'leadership-lost') throw error;
        this.log.push('started again');
      }
    }
  }

  /** The operator's Pods are not started here: its Service leads to this process. */
  async #publish({ kubeconfig, folder }: Kubernetes, port: number): Promise<void> {
    const slice = {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: {
        name: 'this-process',
        namespace,
        labels: { 'kubernetes.io/service-name': 'kubevirt-operator-webhook' },
      },
      addressType: 'IPv4',
      endpoints: [{ addresses: [machineAddress()], conditions: { ready: true } }],
      ports: [{ name: 'webhooks', port, protocol: 'TCP' }],
    };
    const file = join(folder, 'operator-endpoints.json');
    await writeFile(file, JSON.stringify(slice));
    await run(['kubectl', '--kubeconfig', kubeconfig, 'apply', '-f', file]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    try {
      await this.#ended;
    } finally {
      await this.#client?.[Symbol.asyncDispose]();
    }
  }
}
