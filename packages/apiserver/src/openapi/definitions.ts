import { isObject, type JsonObject } from '../object/json.ts';
import type { Schema } from '../schema/types.ts';

/** Which dialect of OpenAPI a document is written in. */
export type Dialect = 'v2' | 'v3';

const PREFIX: Record<Dialect, string> = { v2: '#/definitions/', v3: '#/components/schemas/' };

/**
 * Turns schemas into OpenAPI, collecting named ones so that each is published once and referred to. What version 2 cannot
 * say (alternatives, nullable, ...) is left out of it: clients of version 2 check types and names only.
 */
export class SchemaCollector {
  readonly schemas: Record<string, JsonObject> = {};
  readonly #dialect: Dialect;

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  /** The OpenAPI form of a schema: a reference if it is named. */
  convert(schema: Schema): JsonObject {
    const { definitionName, description } = schema;
    if (definitionName === undefined) return this.#inline(schema);
    this.add(definitionName, schema);
    const $ref = `${PREFIX[this.#dialect]}${definitionName}`;
    if (description === undefined) return { $ref };
    // Version 3 ignores what stands beside a reference, and `kubectl explain` looks for a description where the reference is.
    return this.#dialect === 'v3' ? { description, allOf: [{ $ref }] } : { description, $ref };
  }

  /** Publishes a schema under a name. */
  add(name: string, schema: Schema): void {
    if (Object.hasOwn(this.schemas, name)) return;
    this.schemas[name] = {};
    const { description: _use, ...shape } = schema;
    // What may be a number or a string means something else wherever it is used.
    this.schemas[name] = this.#inline(schema.type === undefined ? shape : schema);
  }

  #inline(schema: Schema): JsonObject {
    const {
      definitionName: _name,
      properties,
      items,
      additionalProperties,
      allOf,
      anyOf,
      oneOf,
      not,
      ...plain
    } = schema;
    const result: JsonObject = { ...plain };
    if (properties !== undefined)
      result.properties = Object.fromEntries(
        Object.entries(properties).map(([name, member]) => [name, this.convert(member)]),
      );
    if (items !== undefined) result.items = this.convert(items);
    if (isObject(additionalProperties)) result.additionalProperties = this.convert(additionalProperties);
    else if (additionalProperties !== undefined) result.additionalProperties = additionalProperties;
    if (this.#dialect === 'v2') return versionTwo(result);
    const many = (schemas: readonly Schema[]) => schemas.map((each) => this.convert(each));
    return {
      ...result,
      ...(allOf !== undefined && { allOf: many(allOf) }),
      ...(anyOf !== undefined && { anyOf: many(anyOf) }),
      ...(oneOf !== undefined && { oneOf: many(oneOf) }),
      ...(not !== undefined && { not: this.convert(not) }),
    };
  }
}

function versionTwo(schema: JsonObject): JsonObject {
  const { nullable: _nullable, default: _default, ...rest } = schema;
  if (rest['x-kubernetes-int-or-string'] === true) {
    // The name by which clients of version 2 know values that may be either.
    delete rest.type;
    return { ...rest, type: 'string', format: 'int-or-string' };
  }
  // Clients of version 2 refuse unknown members of an object that lists any; without a list they accept all.
  if (rest['x-kubernetes-preserve-unknown-fields'] === true) {
    delete rest.properties;
    delete rest.type;
  }
  return rest;
}
