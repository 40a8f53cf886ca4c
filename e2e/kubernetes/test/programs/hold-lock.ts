/** Takes a lock of the machine, says so, and keeps it until it is killed: hold-lock.ts NAME */
import { withMachineLock } from '../../cluster/machine-lock.ts';

await withMachineLock(process.argv[2]!, () => {
  console.log('locked');
  return new Promise(() => setInterval(() => undefined, 60_000));
});
