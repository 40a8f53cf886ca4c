import {
  addressBytes,
  dotted,
  messageTypes,
  optionCodes,
  type ClientMessage,
  type Option,
  type ServerMessage,
} from './message.ts';

/** What a server has to give: one address, to one client. */
export interface Lease {
  /** Hardware address of the client, lower case, with colons. */
  readonly mac: string;
  readonly address: string;
  /** The server's own address on the client's network. */
  readonly server: string;
  readonly options: readonly Option[];
}

/** Of options, those that say how long an address may be used. */
const leaseTimes: readonly number[] = [
  optionCodes.leaseTime,
  optionCodes.renewalTime,
  optionCodes.rebindingTime,
];

/**
 * The server's side of RFC 2131, section 4.3, where the address is known before anybody asks; pure. Strangers are not answered, nor
 * is what needs no answer. A client that wants another address than its own is told so at once: nobody else serves here.
 */
export function answer(message: ClientMessage, lease: Lease): ServerMessage | undefined {
  if (message.mac !== lease.mac) return undefined;
  const identifier: Option = [optionCodes.serverIdentifier, addressBytes(lease.server)];
  const { type } = message;
  switch (type) {
    case messageTypes.discover:
      return { type: messageTypes.offer, address: lease.address, options: [identifier, ...lease.options] };
    case messageTypes.request: {
      const chosen = addressOf(message, optionCodes.serverIdentifier);
      if (chosen !== undefined && chosen !== lease.server) return undefined;
      const wanted = addressOf(message, optionCodes.requestedAddress) ?? message.clientAddress;
      return wanted === lease.address
        ? { type: messageTypes.ack, address: lease.address, options: [identifier, ...lease.options] }
        : { type: messageTypes.nak, address: '0.0.0.0', options: [identifier] };
    }
    case messageTypes.inform: {
      const options = lease.options.filter(([code]) => !leaseTimes.includes(code));
      return { type: messageTypes.ack, address: '0.0.0.0', options: [identifier, ...options] };
    }
    // The address stays the client's, whatever it says; the others are words of servers.
    case messageTypes.decline:
    case messageTypes.release:
    case messageTypes.offer:
    case messageTypes.ack:
    case messageTypes.nak:
      return undefined;
  }
}

function addressOf({ options }: ClientMessage, code: number): string | undefined {
  const value = options.get(code);
  return value?.length === 4 ? dotted(value) : undefined;
}
