/** Starts and removes the test cluster of this checkout, and builds what it is made of. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import {
  buildClientGo,
  buildContainerd,
  buildCoredns,
  buildHelm,
  buildKubernetes,
  defaultMinor,
  kubernetesMinors,
  minorOf,
} from './build.ts';
import { Cluster } from './cluster/cluster.ts';
import { readSettings } from './cluster/settings.ts';

const folder = resolve(import.meta.dirname, '../../build/cluster');

const usage = `usage: main.ts COMMAND [options]

  up               starts a cluster, or what does not run of the one that is there
    --kubernetes V   minor version, one of ${kubernetesMinors.join(', ')} (default: ${defaultMinor})
    --nodes N        from 1 to 9 (default: 1)
  import ARCHIVE   imports images into the container runtime of every node
  down             removes the cluster and every trace of it
  programs         builds the programs that a cluster and its tests need, as far as that was not done before
    --kubernetes V   as above
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    kubernetes: { type: 'string' },
    nodes: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
const print = (line: string): void => console.log(`cluster: ${line}`);

async function up(): Promise<Cluster> {
  const present = await readSettings(folder);
  const minor =
    values.kubernetes === undefined ? (present?.minor ?? defaultMinor) : minorOf(values.kubernetes);
  const nodes = Number(values.nodes ?? present?.nodes ?? 1);
  if (!Number.isInteger(nodes) || nodes < 1 || nodes > 9) throw new Error('--nodes is a number from 1 to 9');
  return Cluster.up(folder, { minor, nodes, onProgress: print });
}

async function programs(): Promise<void> {
  const options = { onProgress: print };
  const { version } = await buildKubernetes(minorOf(values.kubernetes ?? defaultMinor), undefined, options);
  for (const build of [buildContainerd, buildCoredns, buildHelm, buildClientGo]) await build(options);
  print(`programs of Kubernetes ${version}, containerd, CoreDNS, Helm and client-go are there`);
}

async function main(): Promise<void> {
  const [command, ...args] = positionals;
  if (command === 'up' && args.length === 0) {
    const started = performance.now();
    const { version, nodes, kubeconfig } = await up();
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    print(`Kubernetes ${version}, nodes ${nodes.names.join(', ')}: ready after ${seconds} s`);
    print(`export KUBECONFIG=${kubeconfig}`);
  } else if (command === 'import' && args.length === 1) {
    await (await up()).importImages(args[0]!);
  } else if (command === 'down' && args.length === 0) {
    print((await Cluster.down(folder)) ? 'removed' : 'there is none');
  } else if (command === 'programs' && args.length === 0) {
    await programs();
  } else {
    process.stdout.write(usage);
    process.exitCode = values.help ? 0 : 2;
  }
}

try {
  await main();
} catch (error) {
  process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
