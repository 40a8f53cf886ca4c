// What all kinds that make pods from a template have in common.
import type { StatusCause } from '../../errors.ts';
import {
  isEmptySelector,
  matchesSelector,
  selectorText,
  validateSelector,
} from '../../object/embedded-selector.ts';
import { elementsOf, isObject, membersOf, stringOf } from '../../object/json.ts';
import { nameProblem } from '../../object/names.ts';
import type { KubeObject } from '../../object/types.ts';
import type { TableColumn } from '../../table/columns.ts';
import { textColumn } from '../../table/common-columns.ts';
import { forbiddenCause, invalidCause, requiredCause, unsupportedCause } from '../field-causes.ts';
import { applyPodSpecDefaults } from '../pod-defaults.ts';
import { podSpecCauses } from '../pod-rules.ts';

/** Fills in the defaults of a template's pods, in place. */
export function applyTemplateDefaults(template: unknown): void {
  if (!isObject(template)) return;
  template.spec ??= {};
  if (isObject(template.spec)) applyPodSpecDefaults(template.spec);
}

/** Violations in a selector that has to select something, of the kind `owner`. */
export function selectorCauses(selector: unknown, owner: string): StatusCause[] {
  // That there has to be one, the schema says.
  if (selector === undefined) return [];
  const causes = validateSelector(selector, 'spec.selector');
  if (isEmptySelector(selector))
    causes.push(invalidCause('spec.selector', selector, `empty selector is invalid for ${owner}`));
  return causes;
}

/** Violations in a template whose pods run until somebody ends them: a selector has to find them, and they restart. */
export function servingTemplateCauses(
  { selector, template }: Readonly<Record<string, unknown>>,
  owner: string,
): StatusCause[] {
  const { spec } = membersOf(template);
  const { restartPolicy = '', activeDeadlineSeconds } = membersOf(spec);
  const causes = [...matchCauses(selector, template), ...templateCauses(template)];
  if (restartPolicy !== 'Always')
    causes.push(unsupportedCause('spec.template.spec.restartPolicy', restartPolicy, ['Always']));
  if (activeDeadlineSeconds !== undefined)
    causes.push(
      forbiddenCause(
        'spec.template.spec.activeDeadlineSeconds',
        `activeDeadlineSeconds in ${owner} is not Supported`,
      ),
    );
  return causes;
}

/** Labels of a template that its selector does not select. */
function matchCauses(selector: unknown, template: unknown): StatusCause[] {
  const { labels } = membersOf(membersOf(template).metadata);
  const selects =
    isEmptySelector(selector) || matchesSelector(selector, membersOf(labels) as Record<string, string>);
  if (selector !== undefined && selects) return [];
  return [
    invalidCause('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'),
  ];
}

/** Violations in what a template's pods are made from; one without a spec has no containers. */
export function templateCauses(template: unknown, path = 'spec.template'): StatusCause[] {
  const { spec } = membersOf(template);
  const missing = membersOf(spec).containers === undefined ? [requiredCause(`${path}.spec.containers`)] : [];
  return spec === undefined ? missing : [...missing, ...podSpecCauses(membersOf(spec), `${path}.spec`)];
}

/** What is said to who names something after which pods are named, if the name cannot be that of a host. */
export function podNameWarnings({ metadata: { name = '' } }: KubeObject): string[] {
  const problem = nameProblem(name, 'dns-label');
  if (problem === undefined) return [];
  return [
    `metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [${problem}]`,
  ];
}

/** Replicas that an update or a rollout counts: a number, or a percentage of at most a hundred. */
export function countCauses(value: unknown, field: string): StatusCause[] {
  if (value === undefined) return [];
  if (typeof value === 'number')
    return value < 0 ? [invalidCause(field, value, 'must be greater than or equal to 0')] : [];
  const percent = /^(\d+)%$/.exec(stringOf(value));
  if (percent === null)
    return [
      invalidCause(
        field,
        value,
        "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
      ),
    ];
  return Number(percent[1]) > 100 ? [invalidCause(field, value, 'must not be greater than 100%')] : [];
}

/** True for a count that is nothing: absent, 0 or 0%. */
export function isNothing(count: unknown): boolean {
  return count === undefined || count === 0 || /^0+%?$/.test(stringOf(count));
}

/** Columns of `kubectl get -o wide`: what the pods consist of. */
export function containerColumns(
  template: (object: KubeObject) => unknown = (object) => membersOf(object.spec).template,
): TableColumn[] {
  const containers = (object: KubeObject) =>
    elementsOf(membersOf(membersOf(template(object)).spec).containers).map(membersOf);
  const all = (object: KubeObject, member: string) =>
    containers(object)
      .map((container) => stringOf(container[member]))
      .join(',');
  return [
    textColumn('Containers', 'Names of the containers.', (object) => all(object, 'name'), 1),
    textColumn('Images', 'Their images.', (object) => all(object, 'image'), 1),
  ];
}

/** Column of `kubectl get -o wide`: what selects the pods. */
export function selectorColumn(
  selector: (object: KubeObject) => unknown = (object) => membersOf(object.spec).selector,
): TableColumn {
  return textColumn(
    'Selector',
    'Selects the pods.',
    (object) => (selector(object) === undefined ? '<none>' : selectorText(selector(object)) || '<none>'),
    1,
  );
}
