import { nameBytes } from '../lease.ts';
import type { Resolver } from '../resolver.ts';
import {
  addressBytes6,
  formatOptions6,
  messageTypes6,
  optionCodes6,
  type Message6,
  type MessageType6,
  type Option6,
} from './message.ts';

/** KubeVirt: an address is the guest's for 999 days, that is, as long as the Pod lives. */
const lifetimeSeconds = 999 * 24 * 60 * 60;

/** The server's identifier: its hardware address (RFC 8415, section 11.4), which is that of every guest's bridge. */
export const serverIdentifier = Buffer.from('00030001020000000000', 'hex');

/** What a server has to give. */
export interface Lease6 {
  readonly address: string;
  readonly resolver: Resolver;
}

/**
 * The server's side of RFC 8415, section 18.3, where there is one client and its address is known before anybody asks; pure. What is
 * for another server is not answered.
 */
export function answer6({ type, transaction, options }: Message6, lease: Lease6): Message6 | undefined {
  const find = (code: number): Buffer | undefined => options.find(([one]) => one === code)?.[1];
  const client = find(optionCodes6.clientIdentifier);
  const server = find(optionCodes6.serverIdentifier);
  const reply = replyTo(type, find(optionCodes6.rapidCommit) !== undefined);
  if (reply === undefined || (server !== undefined && !server.equals(serverIdentifier))) return undefined;
  const anonymous = type === messageTypes6.informationRequest;
  if (client === undefined && !anonymous) return undefined;
  const wanted = options.filter(([code]) => code === optionCodes6.identityAssociation);
  const given: Option6[] = isEnd(type)
    ? [[optionCodes6.status, success]]
    : anonymous
      ? []
      : wanted.map(([code, value]) => [code, association(value, lease.address)]);
  return {
    type: reply,
    transaction,
    options: [
      ...(client === undefined ? [] : [[optionCodes6.clientIdentifier, client] as const]),
      [optionCodes6.serverIdentifier, serverIdentifier],
      ...(type === messageTypes6.solicit && reply === messageTypes6.reply
        ? [[optionCodes6.rapidCommit, Buffer.alloc(0)] as const]
        : []),
      ...given,
      ...(isEnd(type) ? [] : names(lease.resolver)),
    ],
  };
}

/** Status code 0, without words. */
const success = Buffer.from([0, 0]);

/** A client that gives its address up, or asks whether it is still right, is told that all is well. */
function isEnd(type: MessageType6): boolean {
  return type === messageTypes6.release || type === messageTypes6.decline || type === messageTypes6.confirm;
}

function replyTo(type: MessageType6, rapid: boolean): MessageType6 | undefined {
  switch (type) {
    case messageTypes6.solicit:
      return rapid ? messageTypes6.reply : messageTypes6.advertise;
    case messageTypes6.request:
    case messageTypes6.confirm:
    case messageTypes6.renew:
    case messageTypes6.rebind:
    case messageTypes6.release:
    case messageTypes6.decline:
    case messageTypes6.informationRequest:
      return messageTypes6.reply;
    case messageTypes6.advertise:
    case messageTypes6.reply:
      return undefined;
  }
}

/** The client's own number for what it asked for, when to ask again, and the address. */
function association(asked: Buffer, address: string): Buffer {
  const head = Buffer.alloc(12);
  asked.copy(head, 0, 0, 4);
  head.writeUInt32BE(lifetimeSeconds / 2, 4);
  head.writeUInt32BE((lifetimeSeconds / 10) * 8, 8);
  const times = Buffer.alloc(8);
  times.writeUInt32BE(lifetimeSeconds, 0);
  times.writeUInt32BE(lifetimeSeconds, 4);
  const value = Buffer.concat([addressBytes6(address), times]);
  return Buffer.concat([head, formatOptions6([[optionCodes6.associatedAddress, value]])]);
}

function names({ dns, searchDomains }: Resolver): Option6[] {
  return [
    ...(dns.length === 0 ? [] : [[optionCodes6.nameServers, Buffer.concat(dns.map(addressBytes6))] as const]),
    ...(searchDomains.length === 0
      ? []
      : [[optionCodes6.domainSearch, Buffer.concat(searchDomains.map(nameBytes))] as const]),
  ];
}
