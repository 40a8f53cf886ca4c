import type { Logger } from '@virtkit/controllers/runtime';
import { WebSocket, type RawData } from 'ws';

/** Bytes waiting for a slow reader above which its writer is paused. */
const highWaterMark = 256 * 1024;

/**
 * Copies messages both ways until either side closes; the other is closed with the same code. Back-pressure: a side whose
 * messages pile up at the other is not read until they are gone.
 */
export function joinWebSockets(user: WebSocket, agent: WebSocket, logger: Logger): void {
  forward(agent, user);
  forward(user, agent);
  // 1011 to the user when the agent vanishes; 1001 to the agent when the user does.
  passOnClose(agent, user, 1011);
  passOnClose(user, agent, 1001);
  agent.on('error', (error) => logger.debug('a stream broke', { error: error.message }));
  agent.resume();
}

function forward(from: WebSocket, to: WebSocket): void {
  from.on('message', (data: RawData, binary) => {
    if (to.readyState !== WebSocket.OPEN) return;
    to.send(data, { binary }, () => {
      // A failed send also ends up here; the close that follows is passed on by its own listener.
      if (from.isPaused && to.bufferedAmount < highWaterMark) from.resume();
    });
    if (to.bufferedAmount >= highWaterMark) from.pause();
  });
}

function passOnClose(from: WebSocket, to: WebSocket, whenVanished: number): void {
  from.once('close', (code, reason) => {
    // A paused side would never see the answer to its close frame.
    to.resume();
    if (code === 1006) to.close(whenVanished);
    else if (code === 1005) to.close();
    else to.close(code, reason);
  });
}
