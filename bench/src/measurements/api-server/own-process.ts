import { startControlPlane } from '@virtkit/apiserver';
import type { ProfileCommand } from './profiled.ts';

/**
 * The embedded API server in a process of its own, so that its memory and processor time are its own. The argument is its data
 * directory; without one it is in memory. Prints how to reach it, then serves until it is told to end.
 */
const [dataDir] = process.argv.slice(2);
const { url, ca, token } = await startControlPlane(dataDir === undefined ? {} : { dataDir });
console.log(JSON.stringify({ url, ca, token }));

// Loaded when somebody asks: it is no part of the start.
process.on('message', (message) => {
  void import('./profiled.ts').then(({ profiled }) => profiled(message as ProfileCommand));
});
