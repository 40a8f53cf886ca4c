import { isIP } from 'node:net';
import type { StatusCause } from '../../errors.ts';
import { validateSelector, selectorText } from '../../object/embedded-selector.ts';
import { elementsOf, isObject, membersOf, stringOf } from '../../object/json.ts';
import type { KubeObject } from '../../object/types.ts';
import type { ResourceDefinition } from '../../registry/definition.ts';
import { int, intOrString, list, named, obj, str } from '../../schema/dsl.ts';
import { ageColumn, nameColumn, textColumn } from '../../table/common-columns.ts';
import { builtin, objectSchema } from '../builtin.ts';
import { forbiddenCause, invalidCause, requiredCause, unsupportedCause } from '../field-causes.ts';
import { LABEL_SELECTOR } from '../schemas/meta.ts';

const NETWORKING = 'io.k8s.api.networking.v1';
const PROTOCOLS = ['TCP', 'UDP', 'SCTP'];
const TYPES = ['Ingress', 'Egress'];

const PORTS = list(
  named(
    `${NETWORKING}.NetworkPolicyPort`,
    obj('A port.', {
      protocol: str('TCP, UDP or SCTP.'),
      port: intOrString('Number or name of the port; all if absent.'),
      endPort: int('Last port of a range.'),
    }),
  ),
  'Ports; all if there are none.',
);

const PEERS = list(
  named(
    `${NETWORKING}.NetworkPolicyPeer`,
    obj('Pods or addresses.', {
      podSelector: LABEL_SELECTOR,
      namespaceSelector: LABEL_SELECTOR,
      ipBlock: obj(
        'Addresses.',
        { cidr: str('Block of addresses.'), except: list(str(), 'Blocks that are not meant.') },
        ['cidr'],
      ),
    }),
  ),
  'Peers; all if there are none.',
);

/** The resource `networkpolicies`. */
export function networkPolicyKind(): ResourceDefinition {
  return builtin({
    group: 'networking.k8s.io',
    version: 'v1',
    kind: 'NetworkPolicy',
    resource: 'networkpolicies',
    shortNames: ['netpol'],
    namespaced: true,
    tracksGeneration: true,
    schema: objectSchema('Says which connections of pods are allowed.', {
      spec: named(
        `${NETWORKING}.NetworkPolicySpec`,
        obj('Desired state of a NetworkPolicy.', {
          podSelector: LABEL_SELECTOR,
          ingress: list(
            named(
              `${NETWORKING}.NetworkPolicyIngressRule`,
              obj('What may come in.', { ports: PORTS, from: PEERS }),
            ),
            'What may come in.',
          ),
          egress: list(
            named(
              `${NETWORKING}.NetworkPolicyEgressRule`,
              obj('What may go out.', { ports: PORTS, to: PEERS }),
            ),
            'What may go out.',
          ),
          policyTypes: list(str(), 'Ingress, Egress or both: what the policy is about.'),
        }),
      ),
    }),
    strategy: { applyDefaults, validate },
    columns: [
      nameColumn(),
      textColumn(
        'Pod-Selector',
        'Pods that it is about.',
        ({ spec }) => selectorText(membersOf(spec).podSelector) || '<none>',
      ),
      ageColumn(),
    ],
  });
}

function applyDefaults({ spec }: KubeObject): void {
  if (!isObject(spec)) return;
  spec.podSelector ??= {};
  if (elementsOf(spec.policyTypes).length === 0)
    spec.policyTypes = elementsOf(spec.egress).length > 0 ? [...TYPES] : ['Ingress'];
  for (const rule of [...elementsOf(spec.ingress), ...elementsOf(spec.egress)])
    for (const port of elementsOf(membersOf(rule).ports)) if (isObject(port)) port.protocol ??= 'TCP';
}

function validate({ spec }: KubeObject): StatusCause[] {
  const { podSelector, ingress, egress, policyTypes } = membersOf(spec);
  const causes = validateSelector(podSelector, 'spec.podSelector');
  const rules = (given: unknown, direction: string, peers: string) => {
    elementsOf(given).forEach((each, index) => {
      const rule = membersOf(each);
      const at = `spec.${direction}[${index}]`;
      elementsOf(rule.ports).forEach((port, position) => {
        causes.push(...portCauses(membersOf(port), `${at}.ports[${position}]`));
      });
      elementsOf(rule[peers]).forEach((peer, position) => {
        causes.push(...peerCauses(membersOf(peer), `${at}.${peers}[${position}]`));
      });
    });
  };
  rules(ingress, 'ingress', 'from');
  rules(egress, 'egress', 'to');
  if (elementsOf(policyTypes).length > TYPES.length)
    return [
      ...causes,
      invalidCause('spec.policyTypes', policyTypes, 'may not specify more than two policyTypes'),
    ];
  elementsOf(policyTypes).forEach((type, index) => {
    if (!TYPES.includes(stringOf(type)))
      causes.push(unsupportedCause(`spec.policyTypes[${index}]`, type, TYPES));
  });
  return causes;
}

function portCauses(given: Readonly<Record<string, unknown>>, at: string): StatusCause[] {
  const { protocol, port, endPort } = given;
  const range = 'must be between 1 and 65535, inclusive';
  const causes: StatusCause[] = [];
  if (!PROTOCOLS.includes(stringOf(protocol)))
    causes.push(unsupportedCause(`${at}.protocol`, protocol, PROTOCOLS));
  if (port === undefined) {
    if (endPort !== undefined)
      causes.push(
        invalidCause(`${at}.endPort`, endPort, 'may not be specified when `port` is not specified'),
      );
  } else if (typeof port === 'number') {
    if (port < 1 || port > 65_535) causes.push(invalidCause(`${at}.port`, port, range));
    if (typeof endPort === 'number') {
      if (endPort < port)
        causes.push(invalidCause(`${at}.endPort`, port, 'must be greater than or equal to `port`'));
      if (endPort < 1 || endPort > 65_535) causes.push(invalidCause(`${at}.endPort`, endPort, range));
    }
  } else if (endPort !== undefined)
    causes.push(invalidCause(`${at}.endPort`, endPort, 'may not be specified when `port` is non-numeric'));
  return causes;
}

function peerCauses(given: Readonly<Record<string, unknown>>, at: string): StatusCause[] {
  const { podSelector, namespaceSelector, ipBlock } = given;
  const causes: StatusCause[] = [];
  const selected = podSelector !== undefined || namespaceSelector !== undefined;
  for (const [name, selector] of Object.entries({ podSelector, namespaceSelector }))
    if (selector !== undefined) causes.push(...validateSelector(selector, `${at}.${name}`));
  if (ipBlock !== undefined) causes.push(...blockCauses(membersOf(ipBlock), `${at}.ipBlock`));
  if (!selected && ipBlock === undefined) causes.push(requiredCause(at, 'must specify a peer'));
  else if (selected && ipBlock !== undefined)
    causes.push(forbiddenCause(at, 'may not specify both ipBlock and another peer'));
  return causes;
}

function blockCauses({ cidr, except }: Readonly<Record<string, unknown>>, at: string): StatusCause[] {
  const why = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';
  const causes: StatusCause[] = [];
  if (cidr === '') causes.push(requiredCause(`${at}.cidr`));
  else if (cidr !== undefined && !isCidr(stringOf(cidr))) causes.push(invalidCause(`${at}.cidr`, cidr, why));
  elementsOf(except).forEach((block, index) => {
    if (!isCidr(stringOf(block))) causes.push(invalidCause(`${at}.except[${index}]`, block, why));
  });
  return causes;
}

function isCidr(text: string): boolean {
  const [address = '', bits = '', ...more] = text.split('/');
  const family = isIP(address);
  return more.length === 0 && family !== 0 && /^\d+$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128);
}
