import type { Port } from '@virtkit/core-types';
import { duplicate, invalid, required, type Finding } from '../../finding.ts';
import { isPortName } from '../../formats.ts';
import { applyToEach, type Rule } from '../../rule.ts';
import type { InterfacePlace } from './place.ts';

const protocols = ['', 'TCP', 'UDP'];

interface PortPlace {
  readonly port: Port;
  /** `spec.domain.devices.interfaces[0].ports[0]`. */
  readonly field: string;
  /** Whether an earlier port of the interface has the same name. */
  readonly isNameTaken: boolean;
}

const portRules: readonly Rule<PortPlace>[] = [
  {
    id: 'NET-30',
    *check({ port: { name = '' }, field, isNameTaken }) {
      if (name !== '' && isNameTaken) yield duplicate(`${field}.name`, `there is another port "${name}"`);
    },
  },
  {
    id: 'NET-31',
    *check({ port: { name = '' }, field }) {
      if (name !== '' && !isPortName(name))
        yield invalid(`${field}.name`, `"${name}" is not the name of a port`);
    },
  },
  {
    id: 'NET-32',
    *check({ port: { port }, field }) {
      if (port === 0) yield required(`${field}.port`, 'a port must be given');
    },
  },
  {
    id: 'NET-33',
    *check({ port: { port }, field }) {
      if (port < 0 || port > 65_535) yield invalid(`${field}.port`, `${port} is not between 1 and 65535`);
    },
  },
  {
    id: 'NET-34',
    *check({ port: { protocol = '' }, field }) {
      if (!protocols.includes(protocol))
        yield invalid(
          `${field}.protocol`,
          `protocol "${protocol}" is not one of ${protocols.slice(1).join(', ')}`,
        );
    },
  },
];

/** The ports that an interface on the network of the Pod forwards; on other networks they mean nothing. */
export function portFindings({ nic: { ports = [] }, network, field }: InterfacePlace): Finding[] {
  if (network?.pod === undefined) return [];
  const seen = new Set<string | undefined>();
  const places = ports.map((port, index): PortPlace => {
    const isNameTaken = seen.has(port.name);
    seen.add(port.name);
    return { port, field: `${field}.ports[${index}]`, isNameTaken };
  });
  return applyToEach(portRules, places);
}
