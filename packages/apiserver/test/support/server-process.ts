import { startControlPlane } from '../../src/index.ts';

/** A control plane in a process of its own: prints how to reach it, then serves until it is killed. */
const [dataDir] = process.argv.slice(2);
if (dataDir === undefined) throw new Error('usage: server-process.ts DATA_DIR');
const { url, ca, token } = await startControlPlane({ dataDir });
console.log(JSON.stringify({ url, ca, token }));
