/**
 * Starts control planes in memory in a process of its own, and prints in milliseconds what loading the modules took, the first start
 * and each further one.
 */
const begin = performance.now();
const { startControlPlane } = await import('@virtkit/apiserver');
const loaded = performance.now();
const starts: number[] = [];
for (let start = 0; start < 5; start += 1) {
  const from = performance.now();
  const controlPlane = await startControlPlane();
  starts.push(performance.now() - from);
  await controlPlane.stop();
}
console.log(JSON.stringify({ importMs: loaded - begin, starts }));
