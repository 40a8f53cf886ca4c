import { isObject } from '../object/json.ts';
import { apiVersionOf, qualifiedResource, type KubeObject } from '../object/types.ts';
import { webhookConversion } from '../conversion/webhook-conversion.ts';
import type { WebhookClient } from '../webhooks/client.ts';
import type { Conversion, ResourceDefinition, ScalePaths } from '../registry/definition.ts';
import { ageSince } from '../table/age.ts';
import { nameColumn } from '../table/common-columns.ts';
import type { TableColumn } from '../table/columns.ts';
import { compileJsonPath } from '../table/json-path.ts';
import { lazyRules } from './lazy-rules.ts';
import { scaleCauses } from './scale-rules.ts';
import type { CustomResourceDefinition, CustomResourceNames, CustomResourceVersion } from './types.ts';

/** Views a stored CustomResourceDefinition, whose shape was validated when it was written. */
export function asCustomResourceDefinition(object: KubeObject): CustomResourceDefinition {
  const { apiVersion, kind, metadata, spec } = object;
  return { apiVersion, kind, metadata, spec: spec as CustomResourceDefinition['spec'] };
}

/** The resources that a CustomResourceDefinition makes served: one per served version. */
export function customDefinitions(
  crd: CustomResourceDefinition,
  client: WebhookClient,
): ResourceDefinition[] {
  const { versions } = crd.spec;
  return versions
    .filter((version) => version.served)
    .map((version) => ({ ...customDefinition(crd, version), ...conversionOf(crd, version, client) }));
}

/** How objects are converted between this version and the one in which they are stored. */
function conversionOf(
  { spec }: CustomResourceDefinition,
  version: CustomResourceVersion,
  client: WebhookClient,
): Pick<ResourceDefinition, 'conversion' | 'remote'> {
  const storageVersion = spec.versions.find((candidate) => candidate.storage)?.name ?? version.name;
  const served = apiVersionOf(spec.group, version.name);
  const storage = apiVersionOf(spec.group, storageVersion);
  const webhook = spec.conversion?.strategy === 'Webhook' ? spec.conversion.webhook : undefined;
  if (webhook?.clientConfig !== undefined) {
    const { clientConfig, conversionReviewVersions } = webhook;
    return {
      remote: webhookConversion(
        client,
        { clientConfig, reviewVersions: conversionReviewVersions },
        { served, storage },
      ),
    };
  }
  return spec.versions.length > 1 ? { conversion: versionConversion(served, storage) } : {};
}

function customDefinition(
  { spec }: CustomResourceDefinition,
  version: CustomResourceVersion,
): ResourceDefinition {
  const names = completeNames(spec.names);
  const scale = version.subresources?.scale;
  const paths = scale === undefined ? undefined : scalePaths(scale);
  const schema = version.schema?.openAPIV3Schema;
  const warning =
    version.deprecated === true
      ? (version.deprecationWarning ?? `${spec.group}/${version.name} ${names.kind} is deprecated`)
      : undefined;
  return {
    group: spec.group,
    version: version.name,
    resource: names.plural,
    kind: names.kind,
    listKind: names.listKind,
    singular: names.singular,
    shortNames: names.shortNames,
    categories: names.categories,
    namespaced: spec.scope === 'Namespaced',
    origin: 'custom',
    requiresRevision: true,
    storage: qualifiedResource(spec.group, names.plural),
    schema,
    ...(schema !== undefined && { rules: lazyRules(schema) }),
    nameFormat: 'dns-subdomain',
    status: version.subresources?.status !== undefined,
    ...(paths !== undefined && { scale: paths }),
    extraSubresources: [],
    selectableFields: Object.fromEntries(
      (version.selectableFields ?? []).map(({ jsonPath }) => [
        jsonPath.replace(/^\./, ''),
        memberNames(jsonPath),
      ]),
    ),
    columns: customColumns(version),
    strategy: paths === undefined ? {} : { validate: (object) => scaleCauses(object, paths) },
    tracksGeneration: true,
    ...(warning !== undefined && { deprecationWarning: warning }),
  };
}

/** Names with the defaults filled in. */
export function completeNames(names: CustomResourceNames): Required<CustomResourceNames> {
  return {
    plural: names.plural,
    singular: names.singular ?? names.kind.toLowerCase(),
    kind: names.kind,
    listKind: names.listKind ?? `${names.kind}List`,
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
  };
}

/** Conversion strategy None: versions differ in nothing but `apiVersion`. */
function versionConversion(servedVersion: string, storageVersion: string): Conversion {
  const stamped = (object: KubeObject, apiVersion: string): KubeObject =>
    object.apiVersion === apiVersion ? object : { ...object, apiVersion };
  return {
    fromStorage: (object) => stamped(object, servedVersion),
    toStorage: (object) => stamped(object, storageVersion),
  };
}

function memberNames(jsonPath: string): string[] {
  return jsonPath.replace(/^\./, '').split('.');
}

function scalePaths(
  scale: NonNullable<NonNullable<CustomResourceVersion['subresources']>['scale']>,
): ScalePaths {
  return {
    specReplicas: memberNames(scale.specReplicasPath),
    statusReplicas: memberNames(scale.statusReplicasPath),
    ...(scale.labelSelectorPath !== undefined && { labelSelector: memberNames(scale.labelSelectorPath) }),
  };
}

function customColumns(version: CustomResourceVersion): TableColumn[] {
  const columns: readonly PrinterColumn[] = version.additionalPrinterColumns ?? [
    {
      name: 'Age',
      type: 'date',
      jsonPath: '.metadata.creationTimestamp',
      description: 'Time since creation.',
    },
  ];
  return [nameColumn(), ...columns.map(customColumn)];
}

type PrinterColumn = NonNullable<CustomResourceVersion['additionalPrinterColumns']>[number];

function customColumn(column: PrinterColumn): TableColumn {
  const select = compileJsonPath(column.jsonPath);
  const type = columnType(column.type);
  return {
    name: column.name,
    type,
    ...(column.format !== undefined && { format: column.format }),
    description: column.description ?? `Value of ${column.jsonPath}.`,
    priority: column.priority ?? 0,
    cell: (object, now) => cellOf(select(object), type, now),
  };
}

function columnType(type: string): TableColumn['type'] {
  return type === 'integer' || type === 'number' || type === 'boolean' || type === 'date' ? type : 'string';
}

function cellOf(
  values: readonly unknown[],
  type: TableColumn['type'],
  now: Date,
): string | number | boolean | null {
  const [value] = values;
  if (value === undefined || value === null) return null;
  if (type === 'date') return typeof value === 'string' ? ageSince(value, now) : null;
  if (type === 'string')
    return values
      .map((each) => (isObject(each) || Array.isArray(each) ? JSON.stringify(each) : String(each as number)))
      .join(',');
  if (type === 'boolean') return typeof value === 'boolean' ? value : null;
  return typeof value === 'number' ? value : null;
}
