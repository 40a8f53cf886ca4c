import { elementsOf, equalJson, membersOf, stringOf } from '../object/json.ts';
import type { KubeObject } from '../object/types.ts';
import type { ResourceDefinition } from '../registry/definition.ts';
import { changesSpec } from '../registry/metadata.ts';
import { bool, int, list, map, obj, open, str } from '../schema/dsl.ts';
import { ageColumn, nameColumn, textColumn } from '../table/common-columns.ts';
import { builtin, objectSchema } from './builtin.ts';
import { validateEndpoints, validateSlice, validateSliceUpdate } from './endpoint-rules.ts';

const SHOWN = 3;

const PORT = obj('A port.', {
  name: str('Name.'),
  port: int('Number.'),
  protocol: str('TCP, UDP or SCTP.'),
  appProtocol: str('Application protocol.'),
});

/** Endpoints and EndpointSlice. */
export function endpointKinds(): ResourceDefinition[] {
  return [endpoints(), endpointSlice()];
}

function endpoints(): ResourceDefinition {
  const address = obj(
    'An address.',
    { ip: str('Address.'), hostname: str('Host name.'), nodeName: str('Node.'), targetRef: open('The pod.') },
    ['ip'],
  );
  return builtin({
    group: '',
    version: 'v1',
    kind: 'Endpoints',
    resource: 'endpoints',
    createsOnUpdate: true,
    singular: 'endpoints',
    listKind: 'EndpointsList',
    shortNames: ['ep'],
    namespaced: true,
    schema: objectSchema('The addresses behind a service.', {
      subsets: list(
        obj('Addresses that share ports.', {
          addresses: list(address, 'Addresses that are ready.'),
          notReadyAddresses: list(address, 'Addresses that are not ready.'),
          ports: list(PORT, 'Ports.'),
        }),
        'Sets of addresses.',
      ),
    }),
    columns: [nameColumn(), textColumn('Endpoints', 'Addresses and ports.', addresses), ageColumn()],
    deprecationWarning: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
    strategy: {
      applyDefaults: ({ subsets }) => {
        for (const subset of elementsOf(subsets))
          for (const port of elementsOf(membersOf(subset).ports)) membersOf(port).protocol ??= 'TCP';
      },
      validate: validateEndpoints,
    },
  });
}

function endpointSlice(): ResourceDefinition {
  return builtin({
    group: 'discovery.k8s.io',
    version: 'v1',
    kind: 'EndpointSlice',
    resource: 'endpointslices',
    namespaced: true,
    schema: objectSchema(
      'Some of the addresses behind a service.',
      {
        addressType: str('IPv4, IPv6 or FQDN.'),
        endpoints: list(
          obj(
            'An endpoint.',
            {
              addresses: list(str(), 'Addresses.'),
              conditions: obj('State.', {
                ready: bool('Can serve.'),
                serving: bool('Serves.'),
                terminating: bool('Is ending.'),
              }),
              hostname: str('Host name.'),
              nodeName: str('Node.'),
              zone: str('Zone.'),
              targetRef: open('The pod.'),
              deprecatedTopology: map(str(), 'No longer used.'),
              hints: open('Hints for consumers.'),
            },
            ['addresses'],
          ),
          'Endpoints.',
        ),
        ports: list(PORT, 'Ports.'),
      },
      ['addressType', 'endpoints'],
    ),
    columns: [
      nameColumn(),
      textColumn('AddressType', 'Type of the addresses.', (slice) => stringOf(slice.addressType)),
      textColumn('Ports', 'Ports.', (slice) =>
        shortened(
          // One without a number stands for all ports.
          elementsOf(slice.ports)
            .map(membersOf)
            .map(({ port, name }) => (typeof port === 'number' ? String(port) : stringOf(name))),
          '<unset>',
        ),
      ),
      textColumn('Endpoints', 'Addresses.', (slice) =>
        shortened(
          elementsOf(slice.endpoints)
            .flatMap((endpoint) => elementsOf(membersOf(endpoint).addresses))
            .map((address) => stringOf(address)),
          '<unset>',
        ),
      ),
      ageColumn(),
    ],
    tracksGeneration: true,
    strategy: {
      applyDefaults: ({ ports, endpoints: listed }) => {
        for (const port of elementsOf(ports).map(membersOf)) {
          port.name ??= '';
          port.protocol ??= 'TCP';
        }
        for (const endpoint of elementsOf(listed)) membersOf(endpoint).conditions ??= {};
      },
      prepareForUpdate: (slice, old) => {
        // Who reads slices by their labels must see that those have changed.
        const relabelled = !equalJson(slice.metadata.labels ?? {}, old.metadata.labels ?? {});
        if (relabelled && !changesSpec(slice, old, false))
          slice.metadata.generation = (old.metadata.generation ?? 0) + 1;
      },
      validate: validateSlice,
      validateUpdate: validateSliceUpdate,
      tellsChangesLast: true,
    },
  });
}

function addresses(object: KubeObject): string {
  return shortened(
    elementsOf(object.subsets)
      .map(membersOf)
      .flatMap(({ addresses: ready, ports }) => {
        const hosts = elementsOf(ready).map((address) => stringOf(membersOf(address).ip));
        const numbers = elementsOf(ports).map((port) => Number(membersOf(port).port));
        return numbers.length === 0
          ? hosts
          : numbers.flatMap((port) => hosts.map((host) => `${host}:${port}`));
      }),
  );
}

function shortened(texts: readonly string[], none = '<none>'): string {
  if (texts.length === 0) return none;
  const more = texts.length > SHOWN ? ` + ${texts.length - SHOWN} more...` : '';
  return `${texts.slice(0, SHOWN).join(',')}${more}`;
}
