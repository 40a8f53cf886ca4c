import { elementsOf, isObject, membersOf, type JsonObject } from '../object/json.ts';
import { bytesField, flagField, textField, textsField } from '../protobuf/writer.ts';

/*
 * The protobuf form of an OpenAPI v2 document, in which kubectl reads it. Field numbers: message types Document, Info,
 * Paths, PathItem, Operation, Schema, ... of package openapi.v2 of the gnostic project (OpenAPIv2.proto). Only what the
 * documents of this server contain is encoded.
 */

/** Encodes an OpenAPI v2 document. */
export function encodeOpenApiV2(document: JsonObject): Buffer {
  const info = membersOf(document.info);
  return Buffer.concat([
    textField(1, document.swagger),
    bytesField(2, Buffer.concat([textField(1, info.title), textField(2, info.version)])),
    bytesField(8, namedList(2, document.paths, pathItem)),
    bytesField(9, namedList(1, document.definitions, schema)),
  ]);
}

/** Repeated pairs of name (1) and value (2). */
function namedList(number: number, members: unknown, encode: (value: JsonObject) => Buffer): Buffer {
  return Buffer.concat(
    Object.entries(membersOf(members)).map(([name, value]) =>
      bytesField(number, Buffer.concat([textField(1, name), bytesField(2, encode(membersOf(value)))])),
    ),
  );
}

/** Members whose name starts with x-, as YAML, of which JSON is a part. */
function extensions(number: number, value: JsonObject): Buffer {
  return Buffer.concat(
    Object.entries(value)
      .filter(([name]) => name.startsWith('x-'))
      .map(([name, extension]) =>
        bytesField(
          number,
          Buffer.concat([textField(1, name), bytesField(2, textField(2, JSON.stringify(extension)))]),
        ),
      ),
  );
}

function pathItem(item: JsonObject): Buffer {
  return bytesField(8, operation(membersOf(item.patch)));
}

function operation(value: JsonObject): Buffer {
  return Buffer.concat([
    textField(5, value.operationId),
    textsField(7, elementsOf(value.consumes)),
    ...elementsOf(value.parameters).map((parameter) => bytesField(8, queryParameter(membersOf(parameter)))),
    bytesField(9, namedList(1, value.responses, response)),
    extensions(13, value),
  ]);
}

/** ParametersItem > Parameter > NonBodyParameter > QueryParameterSubSchema. */
function queryParameter(parameter: JsonObject): Buffer {
  const query = Buffer.concat([
    textField(2, parameter.in),
    textField(4, parameter.name),
    textField(6, parameter.type),
  ]);
  return bytesField(1, bytesField(2, bytesField(3, query)));
}

/** ResponseValue > Response > SchemaItem > Schema. */
function response(value: JsonObject): Buffer {
  const body = isObject(value.schema) ? bytesField(2, bytesField(1, schema(value.schema))) : Buffer.alloc(0);
  return bytesField(1, Buffer.concat([textField(1, value.description), body]));
}

function schema(value: JsonObject): Buffer {
  return Buffer.concat([
    textField(1, value.$ref),
    textField(2, value.format),
    textField(3, value.title),
    textField(4, value.description),
    textField(13, value.pattern),
    textsField(19, elementsOf(value.required)),
    additionalProperties(value.additionalProperties),
    value.type === undefined ? Buffer.alloc(0) : bytesField(22, textField(1, value.type)),
    isObject(value.items) ? bytesField(23, bytesField(1, schema(value.items))) : Buffer.alloc(0),
    isObject(value.properties) ? bytesField(25, namedList(1, value.properties, schema)) : Buffer.alloc(0),
    extensions(31, value),
  ]);
}

function additionalProperties(value: unknown): Buffer {
  if (isObject(value)) return bytesField(21, bytesField(1, schema(value)));
  return typeof value === 'boolean' ? bytesField(21, flagField(2, value)) : Buffer.alloc(0);
}
