import type { WebSocket } from 'ws';

const pingEvery = 1_000;
const silentAtMost = 60_000;

/** Pings the user, and gives up when no answer came for a minute (KubeVirt subresources, port forwarding). */
export function keepAlive(user: WebSocket): void {
  let lastSign = performance.now();
  user.on('pong', () => {
    lastSign = performance.now();
  });
  const timer = setInterval(() => {
    if (performance.now() - lastSign > silentAtMost) user.terminate();
    else if (user.readyState === user.OPEN) user.ping('keep alive');
  }, pingEvery);
  timer.unref();
  user.once('close', () => clearInterval(timer));
}
