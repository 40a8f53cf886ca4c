import { builtin, objectSchema } from '../kinds/builtin.ts';
import { CONDITION } from '../kinds/schemas/meta.ts';
import { elementsOf, isObject, membersOf, stringOf } from '../object/json.ts';
import { nameProblem } from '../object/names.ts';
import { timestamp, type KubeObject } from '../object/types.ts';
import type { ResourceDefinition } from '../registry/definition.ts';
import { bool, int, mergeList, obj, str } from '../schema/dsl.ts';
import type { StatusCause } from '../errors.ts';
import { ageColumn, nameColumn, textColumn } from '../table/common-columns.ts';
import { Causes } from '../webhooks/causes.ts';
import { apiServiceName, REGISTRATION_GROUP } from './group.ts';

const MAX_GROUP_PRIORITY = 20_000;
const MAX_VERSION_PRIORITY = 1000;

/** The resource `apiservices`. */
export function apiServiceKind(now: () => Date): ResourceDefinition {
  return builtin({
    group: REGISTRATION_GROUP,
    version: 'v1',
    kind: 'APIService',
    resource: 'apiservices',
    requiresRevision: true,
    categories: ['api-extensions'],
    namespaced: false,
    nameFormat: 'path-segment',
    status: true,
    schema: objectSchema('A group and version of the API, and who serves it.', {
      spec: obj('Who serves it.', {
        service: obj('The Service that serves it; absent if this server does.', {
          namespace: str('Namespace of the Service.'),
          name: str('Name of the Service.'),
          port: int('Port of the Service; 443 unless given.', { default: 443 }),
        }),
        group: str('API group.'),
        version: str('Version of the group.'),
        insecureSkipTLSVerify: bool('True to accept any certificate.'),
        caBundle: str('Certificates of the authorities that may sign its certificate, PEM.', {
          format: 'byte',
        }),
        groupPriorityMinimum: int('Groups with a higher one come first.'),
        versionPriority: int('Versions with a higher one come first within their group.'),
      }),
      status: obj('Whether it answers.', { conditions: mergeList(CONDITION, 'type', 'Conditions.') }),
    }),
    strategy: {
      prepareForCreate: (object) => {
        object.status = {};
        if (membersOf(object.spec).service === undefined)
          object.status = {
            conditions: [
              {
                type: 'Available',
                status: 'True',
                lastTransitionTime: timestamp(now()),
                reason: 'Local',
                message: 'Local APIServices are always available',
              },
            ],
          };
      },
      validate: validateApiService,
    },
    columns: [
      nameColumn(),
      textColumn('Service', 'The Service that serves it.', serviceText),
      textColumn('Available', 'Whether it answers.', availabilityText),
      ageColumn(),
    ],
  });
}

function serviceText(object: KubeObject): string {
  const { service } = membersOf(object.spec);
  const { namespace, name } = membersOf(service);
  return isObject(service) ? `${stringOf(namespace)}/${stringOf(name)}` : 'Local';
}

function availabilityText(object: KubeObject): string {
  const condition = availableCondition(object);
  if (condition === undefined) return 'Unknown';
  const { status, reason } = condition;
  return status === 'True' || stringOf(reason) === ''
    ? stringOf(status)
    : `${stringOf(status)} (${stringOf(reason)})`;
}

/** The condition `Available` of an APIService. */
export function availableCondition(object: KubeObject): Record<string, unknown> | undefined {
  return elementsOf(membersOf(object.status).conditions)
    .map(membersOf)
    .find((condition) => condition.type === 'Available');
}

function validateApiService({ metadata, spec }: KubeObject): StatusCause[] {
  const causes = new Causes();
  const { group, version, service, caBundle, insecureSkipTLSVerify, ...priorities } = membersOf(spec);
  const [groupName, versionName] = [stringOf(group), stringOf(version)];
  const expected = apiServiceName(groupName, versionName);
  if (metadata.name !== expected)
    causes.invalid(
      'metadata.name',
      metadata.name,
      `must be \`spec.version+"."+spec.group\`: ${JSON.stringify(expected)}`,
    );
  if (groupName === '') {
    if (versionName !== 'v1')
      causes.required('spec.group', 'only v1 may have an empty group and it better be legacy kube');
  } else {
    const problem = nameProblem(groupName, 'dns-subdomain');
    if (problem !== undefined) causes.invalid('spec.group', groupName, problem);
  }
  const problem = nameProblem(versionName, 'dns-1035-label');
  if (problem !== undefined) causes.invalid('spec.version', versionName, problem);
  checkPriority(causes, 'groupPriorityMinimum', priorities.groupPriorityMinimum, MAX_GROUP_PRIORITY);
  checkPriority(causes, 'versionPriority', priorities.versionPriority, MAX_VERSION_PRIORITY);
  const hasBundle = stringOf(caBundle) !== '';
  if (service === undefined) {
    if (hasBundle)
      causes.invalid(
        'spec.caBundle',
        `${Buffer.from(stringOf(caBundle), 'base64').length} bytes`,
        'local APIServices may not have a caBundle',
      );
    if (insecureSkipTLSVerify === true)
      causes.invalid(
        'spec.insecureSkipTLSVerify',
        true,
        'local APIServices may not have insecureSkipTLSVerify',
      );
    return causes.list;
  }
  checkService(causes, membersOf(service));
  if (insecureSkipTLSVerify === true && hasBundle)
    causes.invalid('spec.insecureSkipTLSVerify', true, 'may not be true if caBundle is present');
  return causes.list;
}

function checkPriority(causes: Causes, member: string, value: unknown, most: number): void {
  const priority = Number(value ?? 0);
  if (priority <= 0 || priority > most)
    causes.invalid(`spec.${member}`, priority, `must be positive and less than ${most}`);
}

function checkService(causes: Causes, { namespace, name, port }: Record<string, unknown>): void {
  if (stringOf(namespace) === '') causes.required('spec.service.namespace');
  if (stringOf(name) === '') causes.required('spec.service.name');
  const number = Number(port ?? 443);
  if (number < 1 || number > 65535)
    causes.invalid('spec.service.port', number, 'port is not valid: must be between 1 and 65535, inclusive');
}
