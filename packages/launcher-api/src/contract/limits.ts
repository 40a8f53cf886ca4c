/** Upper bounds of everything that crosses the socket, in bytes unless the name says otherwise. Neither side trusts the other. */
export const limits = {
  /** A request body; the largest is a MachineSpec with its cloud-init seed. */
  requestBytes: 4 * 1024 * 1024,
  /** A JSON answer; the largest holds what a guest's program wrote. */
  responseBytes: 32 * 1024 * 1024,
  screenshotBytes: 64 * 1024 * 1024,
  consoleLogBytes: 16 * 1024 * 1024,
  /** One line of the event stream. */
  eventLineBytes: 16 * 1024,
  /** Events that a client may leave unread before the server ends its stream. */
  unreadEventBytes: 256 * 1024,
  machines: 64,
  volumes: 256,
  dhcpInterfaces: 16,
  connections: 128,
  /** Ended streams whose outcome is remembered. */
  streamOutcomes: 64,
} as const;

/** Seconds of silence after which an event stream is taken for dead are three times this. */
export const heartbeatSeconds = 10;
