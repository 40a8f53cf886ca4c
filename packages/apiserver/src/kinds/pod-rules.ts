import type { StatusCause } from '../errors.ts';
import { cloneJson, elementsOf, equalJson, isObject, membersOf, stringOf } from '../object/json.ts';
import { labelValueProblem, nameProblem, qualifiedNameProblem } from '../object/names.ts';
import { billionths } from '../object/quantity.ts';
import type { KubeObject } from '../object/types.ts';
import {
  duplicateCause,
  forbiddenCause,
  invalidCause,
  requiredCause,
  unsupportedCause,
} from './field-causes.ts';

const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
const TERMINATION_MESSAGES = ['File', 'FallbackToLogsOnError'];
const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];
const MOST_SECONDS = 2_147_483_647;

type Members = Record<string, unknown>;

function oneOf(field: string, value: unknown, choices: readonly string[]): StatusCause[] {
  return value === undefined || choices.includes(stringOf(value))
    ? []
    : [unsupportedCause(field, value, choices)];
}

function label(field: string, value: unknown): StatusCause[] {
  const text = stringOf(value);
  if (text === '') return [requiredCause(field)];
  const problem = nameProblem(text, 'dns-label');
  return problem === undefined ? [] : [invalidCause(field, text, problem)];
}

/** What is wrong with a Pod whose members have the right types; what a node can do is not looked at. */
export function validatePod(pod: KubeObject): StatusCause[] {
  return podSpecCauses(membersOf(pod.spec), 'spec');
}

/** What is wrong with the spec of a Pod, or of a template of Pods, at a path. */
export function podSpecCauses(spec: Members, path: string): StatusCause[] {
  const volumes = elementsOf(spec.volumes).map(membersOf);
  const names = new Set(volumes.map(({ name }) => name));
  const containers = elementsOf(spec.containers).map(membersOf);
  const initial = elementsOf(spec.initContainers).map(membersOf);
  const deadline = spec.activeDeadlineSeconds;
  const field = `${path}.activeDeadlineSeconds`;
  return [
    ...uniqueLabels(volumes, `${path}.volumes`),
    ...(Array.isArray(spec.containers) && containers.length === 0
      ? [requiredCause(`${path}.containers`)]
      : []),
    ...containersOf(containers, `${path}.containers`, names, []),
    ...containersOf(initial, `${path}.initContainers`, names, containers),
    ...oneOf(`${path}.dnsPolicy`, spec.dnsPolicy, DNS_POLICIES),
    ...nodeSelector(membersOf(spec.nodeSelector), `${path}.nodeSelector`),
    ...(typeof deadline === 'number' && (deadline < 1 || deadline > MOST_SECONDS)
      ? [invalidCause(field, deadline, `must be between 1 and ${MOST_SECONDS}, inclusive`)]
      : []),
    ...['hostname', 'subdomain']
      .filter((member) => stringOf(spec[member]) !== '')
      .flatMap((member) => label(`${path}.${member}`, spec[member])),
    ...elementsOf(spec.tolerations)
      .map(membersOf)
      .flatMap((toleration, index) => tolerationProblems(toleration, `${path}.tolerations[${index}]`)),
  ];
}

function nodeSelector(selector: Members, path: string): StatusCause[] {
  return Object.entries(selector).flatMap(([key, value]) => {
    const keyProblem = qualifiedNameProblem(key);
    const valueProblem = labelValueProblem(stringOf(value));
    return [
      ...(keyProblem === undefined ? [] : [invalidCause(path, key, keyProblem)]),
      ...(valueProblem === undefined ? [] : [invalidCause(path, value, valueProblem)]),
    ];
  });
}

function uniqueLabels(elements: readonly Members[], path: string): StatusCause[] {
  return elements.flatMap(({ name }, index) => {
    const field = `${path}[${index}].name`;
    const isSecond = elements.findIndex((other) => other.name === name) < index;
    return [
      // That there is no name at all is what the schema says.
      ...(name === undefined ? [] : label(field, name)),
      ...(isSecond ? [duplicateCause(field, name)] : []),
    ];
  });
}

function containersOf(
  containers: readonly Members[],
  path: string,
  volumes: ReadonlySet<unknown>,
  others: readonly Members[],
): StatusCause[] {
  return containers.flatMap((container, index) => {
    const at = `${path}[${index}]`;
    const { name, image, terminationMessagePolicy } = container;
    const taken = [...others, ...containers.slice(0, index)].some((other) => other.name === name);
    return [
      ...(name === undefined ? [] : label(`${at}.name`, name)),
      ...(stringOf(image) === '' ? [requiredCause(`${at}.image`)] : []),
      ...oneOf(`${at}.terminationMessagePolicy`, terminationMessagePolicy, TERMINATION_MESSAGES),
      ...ports(elementsOf(container.ports).map(membersOf), `${at}.ports`),
      ...mounts(elementsOf(container.volumeMounts).map(membersOf), `${at}.volumeMounts`, volumes),
      ...resources(membersOf(container.resources), `${at}.resources`),
      ...(taken && name !== undefined ? [duplicateCause(`${at}.name`, name)] : []),
    ];
  });
}

function ports(list: readonly Members[], path: string): StatusCause[] {
  return list.flatMap(({ name }, index) => {
    if (name === undefined || name === '') return [];
    const isSecond = list.findIndex((other) => other.name === name) < index;
    return isSecond ? [duplicateCause(`${path}[${index}].name`, name)] : [];
  });
}

function mounts(list: readonly Members[], path: string, volumes: ReadonlySet<unknown>): StatusCause[] {
  return list.flatMap(({ name, mountPath }, index) => {
    const isSecond = list.findIndex((other) => other.mountPath === mountPath) < index;
    return [
      ...(volumes.has(name)
        ? []
        : [
            {
              reason: 'FieldValueNotFound',
              field: `${path}[${index}].name`,
              message: `Not found: ${JSON.stringify(name)}`,
            },
          ]),
      ...(mountPath === '' ? [requiredCause(`${path}[${index}].mountPath`)] : []),
      ...(isSecond ? [invalidCause(`${path}[${index}].mountPath`, mountPath, 'must be unique')] : []),
    ];
  });
}

function resources({ limits, requests }: Members, path: string): StatusCause[] {
  const negative = Object.entries({ limits, requests }).flatMap(([member, amounts]) =>
    Object.entries(membersOf(amounts))
      .filter(([, amount]) => (billionths(amount) ?? 0n) < 0n)
      .map(([name, amount]) =>
        invalidCause(`${path}.${member}[${name}]`, String(amount), 'must be greater than or equal to 0'),
      ),
  );
  const more = Object.entries(membersOf(requests)).flatMap(([name, amount]) => {
    const limit = membersOf(limits)[name];
    const [wanted, most] = [billionths(amount), billionths(limit)];
    return wanted !== undefined && most !== undefined && wanted > most
      ? [
          invalidCause(
            `${path}.requests`,
            String(amount),
            `must be less than or equal to ${name} limit of ${String(limit)}`,
          ),
        ]
      : [];
  });
  return [...negative, ...more];
}

function tolerationProblems(toleration: Members, path: string): StatusCause[] {
  const { key, operator, value, effect, tolerationSeconds } = toleration;
  const causes: StatusCause[] = [];
  const keyProblem = stringOf(key) === '' ? undefined : qualifiedNameProblem(stringOf(key));
  if (keyProblem !== undefined) causes.push(invalidCause(`${path}.key`, key, keyProblem));
  if (stringOf(key) === '' && operator !== 'Exists')
    causes.push(
      invalidCause(
        `${path}.operator`,
        operator ?? '',
        'operator must be Exists when `key` is empty, which means "match all values and all keys"',
      ),
    );
  if (tolerationSeconds !== undefined && effect !== 'NoExecute')
    causes.push(
      invalidCause(
        `${path}.effect`,
        effect ?? '',
        "effect must be 'NoExecute' when `tolerationSeconds` is set",
      ),
    );
  if (operator === 'Exists' && stringOf(value) !== '')
    causes.push(invalidCause(`${path}.operator`, value, "value must be empty when `operator` is 'Exists'"));
  if (stringOf(operator) !== '' && !['Equal', 'Exists'].includes(stringOf(operator)))
    causes.push(...oneOf(`${path}.operator`, operator, ['Equal', 'Exists']));
  if (stringOf(effect) !== '') causes.push(...oneOf(`${path}.effect`, effect, EFFECTS));
  return causes;
}

/** Of a Pod's spec only images, the deadline and tolerations may change, and gates be removed. */
export function validatePodUpdate(pod: KubeObject, old: KubeObject): StatusCause[] {
  const before = membersOf(old.spec).activeDeadlineSeconds;
  const after = membersOf(pod.spec).activeDeadlineSeconds;
  const field = 'spec.activeDeadlineSeconds';
  for (const list of ['containers', 'initContainers'])
    if (elementsOf(membersOf(pod.spec)[list]).length !== elementsOf(membersOf(old.spec)[list]).length)
      return [forbiddenCause(`spec.${list}`, 'pod updates may not add or remove containers')];
  if (typeof before === 'number' && typeof after === 'number' && after > before)
    return [invalidCause(field, after, 'must be less than or equal to previous value')];
  const cleared =
    typeof before === 'number' && after === undefined
      ? [invalidCause(field, null, 'must not update from a positive integer to nil value')]
      : [];
  cleared.push(...keptTolerations(membersOf(pod.spec), membersOf(old.spec)));
  if (equalJson(fixedPart(pod), fixedPart(old))) return cleared;
  return [
    ...cleared,
    forbiddenCause(
      'spec',
      'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
    ),
  ];
}

/** Tolerations may be added, and the time of those that there are may change. */
function keptTolerations(now: Members, before: Members): StatusCause[] {
  const untimed = (toleration: unknown): Members => {
    const { tolerationSeconds: _, ...rest } = membersOf(toleration);
    return rest;
  };
  const present = elementsOf(now.tolerations).map(untimed);
  const isKept = (toleration: unknown) => present.some((other) => equalJson(other, untimed(toleration)));
  return elementsOf(before.tolerations).every(isKept)
    ? []
    : [
        forbiddenCause(
          'spec.tolerations',
          'existing toleration can not be modified except its tolerationSeconds',
        ),
      ];
}

function fixedPart(pod: KubeObject): Members {
  const spec = cloneJson(membersOf(pod.spec));
  for (const name of ['activeDeadlineSeconds', 'tolerations', 'schedulingGates'])
    Reflect.deleteProperty(spec, name);
  for (const list of ['containers', 'initContainers'])
    for (const container of elementsOf(spec[list]))
      if (isObject(container)) Reflect.deleteProperty(container, 'image');
  return spec;
}

const WHOLE_BYTES = ['memory', 'ephemeral-storage'];

/** What is odd about a Pod, and taken all the same. */
export function podWarnings({ spec }: KubeObject): string[] {
  return ['initContainers', 'containers'].flatMap((list) =>
    elementsOf(membersOf(spec)[list]).flatMap((container, index) => {
      const { limits, requests } = membersOf(membersOf(container).resources);
      return Object.entries({ limits, requests }).flatMap(([member, amounts]) =>
        Object.entries(membersOf(amounts))
          .filter(([name, amount]) => WHOLE_BYTES.includes(name) && stringOf(amount).endsWith('m'))
          .map(
            ([name, amount]) =>
              `spec.${list}[${index}].resources.${member}[${name}]: fractional byte value ${JSON.stringify(amount)} is invalid, must be an integer`,
          ),
      );
    }),
  );
}
