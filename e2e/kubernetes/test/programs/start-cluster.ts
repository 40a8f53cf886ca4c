/** Starts a cluster that ends with this process: start-cluster.ts FOLDER */
import { defaultMinor } from '../../build.ts';
import { Cluster } from '../../cluster/cluster.ts';

await Cluster.up(process.argv[2]!, {
  minor: defaultMinor,
  nodes: 1,
  lifetime: 'with-parent',
  onProgress: console.log,
});
