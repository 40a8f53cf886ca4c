/** Asks for an IPv6 address on the interface that is named by the first argument, and prints what it is given, in hexadecimal. */
import { createSocket } from 'node:dgram';
import { formatMessage6, parseMessage6, parseOptions6 } from '../../src/dhcp/ipv6/message.ts';

const [name = ''] = process.argv.slice(2);
const socket = createSocket('udp6');
const solicit = formatMessage6({
  type: 1,
  transaction: Buffer.from('123456', 'hex'),
  options: [
    [1, Buffer.from('00030001020000000042', 'hex')],
    [3, Buffer.from('000000010000000000000000', 'hex')],
    [14, Buffer.alloc(0)],
  ],
});
const ask = (): void => socket.send(solicit, 547, `ff02::1:2%${name}`);
socket.on('message', (bytes: Buffer) => {
  const association = parseMessage6(bytes)?.options.find(([code]) => code === 3)?.[1];
  const address = parseOptions6(association?.subarray(12) ?? Buffer.alloc(0))?.[0]?.[1];
  console.log(address?.subarray(0, 16).toString('hex'));
  process.exit(0);
});
socket.bind({ port: 546, address: '::' }, ask);
// Until the interface has an address of the link, which takes a second.
setInterval(ask, 200);
