import { startControlPlane, type ControlPlaneOptions } from '../../../src/index.ts';

/**
 * A control plane in a process of its own, so that its memory is its own: told its limits by the first argument, it says how
 * to reach it, and what it holds in memory whenever it is asked.
 */
const plane = await startControlPlane({
  limits: JSON.parse(process.argv[2] ?? '{}') as ControlPlaneOptions['limits'],
});
const { url, ca, token } = plane;
const other = plane.issueToken({ name: 'other', groups: ['system:masters'] });
process.on('message', () => {
  global.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  process.send?.({ memory: heapUsed + external, connections: plane.metrics().connections });
});
process.on('disconnect', () => process.exit());
process.send?.({ url, ca, token, other });
