import { startControlPlane } from '@virtkit/apiserver';

/**
 * The embedded API server in a process of its own, so that its memory and processor time are its own. The argument is its data
 * directory; without one it is in memory. Prints how to reach it, then serves until it is told to end.
 */
const [dataDir] = process.argv.slice(2);
const { url, ca, token } = await startControlPlane(dataDir === undefined ? {} : { dataDir });
console.log(JSON.stringify({ url, ca, token }));
