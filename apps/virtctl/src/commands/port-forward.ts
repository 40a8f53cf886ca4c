import { Option, type Command } from 'commander';
import type { Client } from '@virtkit/sdk';
import { parseTarget, type Target } from '../arguments/target.ts';
import { messageOf, VirtctlError } from '../errors.ts';
import type { Dial, Forwarder } from '../forwarding/forwarder.ts';
import { parsePort, type ForwardedPort } from '../forwarding/ports.ts';
import { forwardTcp } from '../forwarding/tcp.ts';
import { forwardUdp } from '../forwarding/udp.ts';
import { note, printLine, type Session } from '../session.ts';
import { interruption } from '../streams/interruption.ts';
import { attach } from '../terminal/attach.ts';
import { createCommand } from './command.ts';

/** `virtctl port-forward TYPE/NAME[/NAMESPACE] [PROTOCOL/]LOCAL[:REMOTE]...` */
export function portForwardCommand(session: Session): Command {
  return createCommand<{ address: string; stdio?: boolean }>(
    {
      name: 'port-forward',
      summary: 'Forward local ports to a machine, until interrupted',
      operands: 'TYPE/NAME[/NAMESPACE] [PROTOCOL/]LOCAL[:REMOTE]...',
      count: { atLeast: 0 },
      flags: [
        new Option('--address <address>', 'local address to listen on').default('127.0.0.1'),
        new Option('--stdio', 'connect standard input and output with one TCP port'),
      ],
      examples: [
        'virtctl port-forward vmi/web 8080:80 2222:22',
        'virtctl port-forward vm/web/shop udp/5353:53 --address 0.0.0.0',
        "ssh -o 'ProxyCommand=virtctl port-forward --stdio vmi/web 22' user@web",
      ],
      async run({ operands, flags, withClient }) {
        const [targetText, ...portTexts] = operands;
        if (targetText === undefined || portTexts.length === 0) {
          throw new VirtctlError(
            'usage',
            'argument validation failed: a target and at least one port are needed',
          );
        }
        const target = parseTarget(targetText);
        const ports = portTexts.map(parsePort);
        await withClient(async (client) => {
          if (flags.stdio === true) await forwardStdio(session, client, target, ports);
          else await forwardPorts(session, client, target, ports, flags.address);
        });
      },
    },
    session,
  );
}

function dialerOf(client: Client, { kind, name, namespace }: Target, port: ForwardedPort): Dial {
  const machines = kind === 'vm' ? client.virtualMachines : client.virtualMachineInstances;
  return (signal) => machines.portForward(name, port.remote, { protocol: port.protocol, namespace, signal });
}

async function forwardStdio(
  session: Session,
  client: Client,
  target: Target,
  ports: readonly ForwardedPort[],
): Promise<void> {
  const [port] = ports;
  if (port === undefined || ports.length !== 1) {
    throw new VirtctlError('usage', `--stdio takes exactly one port, received ${ports.length}`);
  }
  if (port.protocol !== 'tcp') throw new VirtctlError('usage', '--stdio forwards TCP only');
  const stream = await dialerOf(client, target, port)(session.interrupted);
  await attach(session, stream, { interactive: false });
}

async function forwardPorts(
  session: Session,
  client: Client,
  target: Target,
  ports: readonly ForwardedPort[],
  host: string,
): Promise<void> {
  await using forwarders = new AsyncDisposableStack();
  for (const port of ports) {
    const forwarder = forwarders.use(await openForwarder(session, client, target, port, host));
    const local = `${host.includes(':') ? `[${host}]` : host}:${forwarder.port}`;
    printLine(
      session,
      `Forwarding ${port.protocol} ${local} to ${target.kind}/${target.name} port ${port.remote}`,
    );
  }
  await interruption(session.interrupted);
}

function openForwarder(
  session: Session,
  client: Client,
  target: Target,
  port: ForwardedPort,
  host: string,
): Promise<Forwarder> {
  const forward = port.protocol === 'tcp' ? forwardTcp : forwardUdp;
  return forward({
    host,
    port: port.local,
    dial: dialerOf(client, target, port),
    onFailure: (error) => note(session, `A connection to port ${port.remote} failed: ${messageOf(error)}`),
  });
}
