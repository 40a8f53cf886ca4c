import { ApiServerError, type StatusCause } from '../errors.ts';
import { elementsOf, isObject } from '../object/json.ts';
import { nameProblem } from '../object/names.ts';
import type { KubeObject } from '../object/types.ts';
import { compileJsonPath } from '../table/json-path.ts';
import { isPattern } from '../schema/pattern.ts';
import type { Schema } from '../schema/types.ts';
import { memberPath, validateSchema } from '../schema/validate.ts';
import { validateConversion } from '../conversion/validate.ts';
import { asCustomResourceDefinition } from './definitions.ts';
import type { CustomResourceVersion } from './types.ts';

function bad(field: string, value: unknown, why: string): StatusCause {
  return { reason: 'FieldValueInvalid', field, message: `Invalid value: ${JSON.stringify(value)}: ${why}` };
}

function required(field: string, why: string): StatusCause {
  return { reason: 'FieldValueRequired', field, message: `Required value: ${why}` };
}

/** Violations in a CustomResourceDefinition whose members have the right types. */
export function validateCustomResourceDefinition(object: KubeObject): StatusCause[] {
  const { spec } = asCustomResourceDefinition(object);
  const causes: StatusCause[] = [];
  const expected = `${spec.names.plural}.${spec.group}`;
  if (object.metadata.name !== expected)
    causes.push(
      bad(
        'metadata.name',
        object.metadata.name,
        `must be spec.names.plural+"."+spec.group, here ${expected}`,
      ),
    );
  if (!spec.group.includes('.'))
    causes.push(bad('spec.group', spec.group, 'should be a domain with at least one dot'));
  const plural = nameProblem(spec.names.plural, 'dns-1035-label');
  if (plural !== undefined) causes.push(bad('spec.names.plural', spec.names.plural, plural));
  if (spec.preserveUnknownFields === true)
    causes.push(
      bad(
        'spec.preserveUnknownFields',
        true,
        'must be false; set x-kubernetes-preserve-unknown-fields in the schema instead',
      ),
    );
  causes.push(...validateConversion(spec.conversion));
  const stored = spec.versions.filter((version) => version.storage).length;
  if (stored !== 1)
    causes.push(bad('spec.versions', stored, 'must have exactly one version marked as storage version'));
  const names = spec.versions.map((version) => version.name);
  if (new Set(names).size !== names.length)
    causes.push(bad('spec.versions', names, 'must have distinct names'));
  spec.versions.forEach((version, index) =>
    causes.push(...validateVersion(version, `spec.versions[${index}]`)),
  );
  return causes;
}

function validateVersion(version: CustomResourceVersion, path: string): StatusCause[] {
  const causes: StatusCause[] = [];
  const name = nameProblem(version.name, 'dns-1035-label');
  if (name !== undefined) causes.push(bad(`${path}.name`, version.name, name));
  (version.additionalPrinterColumns ?? []).forEach((column, index) => {
    const problem = jsonPathProblem(column.jsonPath);
    if (problem !== undefined)
      causes.push(bad(`${path}.additionalPrinterColumns[${index}].jsonPath`, column.jsonPath, problem));
  });
  const schema = version.schema?.openAPIV3Schema;
  const at = `${path}.schema.openAPIV3Schema`;
  if (schema === undefined) causes.push(required(at, 'schemas are required'));
  else if (schema.type !== 'object')
    causes.push(bad(`${at}.type`, schema.type, 'must be object at the root'));
  else checkStructural(schema, at, causes);
  return causes;
}

function jsonPathProblem(expression: string): string | undefined {
  try {
    compileJsonPath(expression);
    return undefined;
  } catch (error) {
    if (error instanceof ApiServerError) return error.message;
    throw error;
  }
}

/** Structural schemas have a type everywhere (unless a field takes anything), valid patterns and fitting defaults. */
function checkStructural(schema: Schema, path: string, causes: StatusCause[]): void {
  const anything =
    schema['x-kubernetes-int-or-string'] === true || schema['x-kubernetes-preserve-unknown-fields'] === true;
  if (schema.type === undefined && !anything)
    causes.push(required(`${path}.type`, 'must not be empty for specified fields'));
  if (schema.pattern !== undefined && !isPattern(schema.pattern))
    causes.push(bad(`${path}.pattern`, schema.pattern, 'must be a valid regular expression'));
  if (schema.type === 'array' && schema.items === undefined)
    causes.push(required(`${path}.items`, 'must be specified'));
  if (schema.properties !== undefined && isObject(schema.additionalProperties))
    causes.push({
      reason: 'FieldValueForbidden',
      field: `${path}.additionalProperties`,
      message: 'Forbidden: additionalProperties and properties are mutual exclusive',
    });
  if (schema.default !== undefined && validateSchema({ ...schema, required: [] }, schema.default).length > 0)
    causes.push(bad(`${path}.default`, schema.default, 'must fit the schema'));
  if (
    schema['x-kubernetes-list-type'] === 'map' &&
    elementsOf(schema['x-kubernetes-list-map-keys']).length === 0
  )
    causes.push(
      required(`${path}.x-kubernetes-list-map-keys`, 'must not be empty if x-kubernetes-list-type is map'),
    );
  if (schema.items !== undefined) checkStructural(schema.items, `${path}.items`, causes);
  if (isObject(schema.additionalProperties))
    checkStructural(schema.additionalProperties, `${path}.additionalProperties`, causes);
  for (const [name, member] of Object.entries(schema.properties ?? {}))
    checkStructural(member, memberPath(`${path}.properties`, name), causes);
}
