import { stopSignal } from '@virtkit/program';

// A program under a supervisor whose work fails, goes on until it is told to stop, or is over at once.
const signal = stopSignal({ supervised: true });
const [work] = process.argv.slice(2);
if (work === 'fails') {
  await Promise.resolve();
  process.exitCode = 7;
} else if (work === 'goes-on') {
  const busy = setInterval(() => undefined, 1000);
  signal.addEventListener('abort', () => {
    clearInterval(busy);
    process.stdout.write((signal.reason as Error).message);
  });
  process.stdout.write('working;');
}
