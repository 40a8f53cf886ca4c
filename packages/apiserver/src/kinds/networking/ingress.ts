import { isIP } from 'node:net';
import type { StatusCause } from '../../errors.ts';
import { elementsOf, isObject, membersOf, stringOf } from '../../object/json.ts';
import { nameProblem } from '../../object/names.ts';
import type { KubeObject } from '../../object/types.ts';
import type { ResourceDefinition } from '../../registry/definition.ts';
import { atomic, int, list, named, obj, str } from '../../schema/dsl.ts';
import { ageColumn, nameColumn, textColumn } from '../../table/common-columns.ts';
import { builtin, objectSchema } from '../builtin.ts';
import { invalidCause, requiredCause, unsupportedCause } from '../field-causes.ts';

const NETWORKING = 'io.k8s.api.networking.v1';
const PATH_TYPES = ['Exact', 'ImplementationSpecific', 'Prefix'];
const NOT_IN_PATHS = ['//', '/./', '/../', '%2f', '%2F'];
const NOT_AT_THEIR_END = ['/..', '/.'];
const SHOWN_HOSTS = 3;
const WILDCARD_RULE =
  "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

const BACKEND = named(
  `${NETWORKING}.IngressBackend`,
  obj('Where requests go.', {
    service: named(
      `${NETWORKING}.IngressServiceBackend`,
      obj(
        'A Service.',
        {
          name: str('Name of the Service.'),
          port: named(
            `${NETWORKING}.ServiceBackendPort`,
            atomic(obj('A port of it.', { name: str('Its name.'), number: int('Its number.') })),
          ),
        },
        ['name'],
      ),
    ),
    resource: atomic(
      obj(
        'Another object.',
        { apiGroup: str('Its API group.'), kind: str('Its kind.'), name: str('Its name.') },
        ['kind', 'name'],
      ),
    ),
  }),
);

const SPEC = named(
  `${NETWORKING}.IngressSpec`,
  obj('Desired state of an Ingress.', {
    ingressClassName: str('Name of the IngressClass.'),
    defaultBackend: BACKEND,
    tls: list(
      obj('A certificate.', {
        hosts: list(str(), 'Hosts that it is for.'),
        secretName: str('Secret that it is in.'),
      }),
      'Certificates.',
    ),
    rules: list(
      obj('A rule.', {
        host: str('Host that requests are for; empty for all.'),
        http: obj(
          'Where its requests go.',
          {
            paths: list(
              obj(
                'A path.',
                {
                  path: str('Path of the requests.'),
                  pathType: str('Exact, Prefix or ImplementationSpecific.'),
                  backend: BACKEND,
                },
                ['backend'],
              ),
              'Paths.',
            ),
          },
          ['paths'],
        ),
      }),
      'Rules.',
    ),
  }),
);

const STATUS = named(
  `${NETWORKING}.IngressStatus`,
  obj('Observed state, written by a controller.', {
    loadBalancer: obj('Where it is reached.', {
      ingress: list(
        obj('An address.', {
          ip: str('The address.'),
          hostname: str('Or a name.'),
          ports: list(
            obj(
              'A port.',
              {
                port: int('Its number.'),
                protocol: str('Its protocol.'),
                error: str('What is wrong with it.'),
              },
              ['port', 'protocol'],
            ),
            'Ports.',
          ),
        }),
        'Addresses.',
      ),
    }),
  }),
);

/** The resource `ingresses`. */
export function ingressKind(): ResourceDefinition {
  return builtin({
    group: 'networking.k8s.io',
    version: 'v1',
    kind: 'Ingress',
    resource: 'ingresses',
    shortNames: ['ing'],
    namespaced: true,
    status: true,
    tracksGeneration: true,
    schema: objectSchema('Leads requests from outside to Services.', { spec: SPEC, status: STATUS }),
    strategy: {
      prepareForCreate: (object) => {
        object.status = { loadBalancer: {} };
      },
      applyDefaults: ({ status }) => {
        if (isObject(status)) status.loadBalancer ??= {};
      },
      validate,
    },
    columns: [
      nameColumn(),
      textColumn('Class', 'Its class.', ({ spec }) => stringOf(membersOf(spec).ingressClassName, '<none>')),
      textColumn('Hosts', 'Hosts of its rules.', hosts),
      textColumn('Address', 'Where it is reached.', ({ status }) =>
        elementsOf(membersOf(membersOf(status).loadBalancer).ingress)
          .map(membersOf)
          .map(({ ip, hostname }) => stringOf(ip, stringOf(hostname)))
          .filter((address) => address !== '')
          .toSorted()
          .join(','),
      ),
      textColumn('Ports', 'Ports of the requests.', ({ spec }) =>
        elementsOf(membersOf(spec).tls).length > 0 ? '80, 443' : '80',
      ),
      ageColumn(),
    ],
  });
}

function hosts({ spec }: KubeObject): string {
  const rules = elementsOf(membersOf(spec).rules).map((rule) => stringOf(membersOf(rule).host));
  const shown: string[] = [];
  for (const host of rules) if (shown.length < SHOWN_HOSTS && host !== '') shown.push(host);
  if (shown.length === 0) return '*';
  const more = rules.length > SHOWN_HOSTS && shown.length === SHOWN_HOSTS;
  return more ? `${shown.join(',')} + ${rules.length - SHOWN_HOSTS} more...` : shown.join(',');
}

function validate({ spec }: KubeObject): StatusCause[] {
  const { rules, defaultBackend, tls, ingressClassName } = membersOf(spec);
  const causes: StatusCause[] = [];
  if (elementsOf(rules).length === 0 && defaultBackend === undefined)
    causes.push(invalidCause('spec', rules ?? null, 'either `defaultBackend` or `rules` must be specified'));
  elementsOf(rules).forEach((rule, index) => {
    causes.push(...ruleCauses(membersOf(rule), `spec.rules[${index}]`));
  });
  if (defaultBackend !== undefined) causes.push(...backendCauses(defaultBackend, 'spec.defaultBackend'));
  elementsOf(tls).forEach((each, index) => {
    elementsOf(membersOf(each).hosts).forEach((host, position) => {
      const problem = hostProblem(stringOf(host));
      if (problem !== undefined)
        causes.push(invalidCause(`spec.tls[${index}].hosts[${position}]`, host, problem));
    });
  });
  if (ingressClassName !== undefined) {
    const problem = nameProblem(stringOf(ingressClassName), 'dns-subdomain');
    if (problem !== undefined) causes.push(invalidCause('spec.ingressClassName', ingressClassName, problem));
  }
  return causes;
}

function ruleCauses({ host, http }: Readonly<Record<string, unknown>>, path: string): StatusCause[] {
  const causes: StatusCause[] = [];
  const name = stringOf(host);
  if (name !== '') {
    if (isIP(name) !== 0)
      causes.push(invalidCause(`${path}.host`, name, 'must be a DNS name, not an IP address'));
    const problem = hostProblem(name);
    if (problem !== undefined) causes.push(invalidCause(`${path}.host`, name, problem));
  }
  if (http === undefined) return causes;
  const { paths } = membersOf(http);
  if (elementsOf(paths).length === 0) causes.push(requiredCause(`${path}.http.paths`));
  elementsOf(paths).forEach((each, index) => {
    causes.push(...pathCauses(membersOf(each), `${path}.http.paths[${index}]`));
  });
  return causes;
}

function pathCauses(given: Readonly<Record<string, unknown>>, at: string): StatusCause[] {
  const { pathType, backend } = given;
  const path = stringOf(given.path);
  const causes: StatusCause[] = [];
  const bad = (why: string) => causes.push(invalidCause(`${at}.path`, path, why));
  if (pathType === 'Exact' || pathType === 'Prefix') {
    if (!path.startsWith('/')) bad('must be an absolute path');
    for (const part of NOT_IN_PATHS) if (path.includes(part)) bad(`must not contain '${part}'`);
    for (const part of NOT_AT_THEIR_END) if (path.endsWith(part)) bad(`cannot end with '${part}'`);
  } else if (pathType === 'ImplementationSpecific') {
    if (path !== '' && !path.startsWith('/')) bad('must be an absolute path');
  } else if (pathType === undefined)
    causes.push(requiredCause(`${at}.pathType`, 'pathType must be specified'));
  else causes.push(unsupportedCause(`${at}.pathType`, pathType, PATH_TYPES));
  if (backend !== undefined) causes.push(...backendCauses(backend, `${at}.backend`));
  return causes;
}

function backendCauses(backend: unknown, at: string): StatusCause[] {
  const { service, resource } = membersOf(backend);
  if (service !== undefined && resource !== undefined)
    return [invalidCause(at, '', 'cannot set both resource and service backends')];
  if (service === undefined) return [];
  const { name, port } = membersOf(service);
  const { name: portName, number } = membersOf(port);
  const causes: StatusCause[] = [];
  if (name === '') causes.push(requiredCause(`${at}.service.name`));
  else {
    const problem = nameProblem(stringOf(name), 'dns-1035-label');
    if (name !== undefined && problem !== undefined)
      causes.push(invalidCause(`${at}.service.name`, name, problem));
  }
  const named = stringOf(portName) !== '';
  const numbered = typeof number === 'number' && number !== 0;
  if (named && numbered) causes.push(invalidCause(at, '', 'cannot set both port name & port number'));
  else if (!named && !numbered) causes.push(requiredCause(at, 'port name or number is required'));
  else if (numbered && (number < 1 || number > 65_535))
    causes.push(invalidCause(`${at}.service.port.number`, number, 'must be between 1 and 65535, inclusive'));
  return causes;
}

function hostProblem(host: string): string | undefined {
  if (!host.includes('*')) return nameProblem(host, 'dns-subdomain');
  return host.startsWith('*.') && nameProblem(host.slice(2), 'dns-subdomain') === undefined
    ? undefined
    : WILDCARD_RULE;
}
