import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { GIT_VERSION } from '../discovery/version.ts';
import { sendJson } from '../http/respond.ts';
import type { JsonObject } from '../object/json.ts';
import { apiVersionOf } from '../object/types.ts';
import { OBJECT_META } from '../kinds/schemas/meta.ts';
import type { Catalogue } from '../registry/catalogue.ts';
import type { ResourceDefinition } from '../registry/definition.ts';
import { named, str } from '../schema/dsl.ts';
import type { Schema } from '../schema/types.ts';
import { SchemaCollector, type Dialect } from './definitions.ts';
import { patchTypes, resourcePaths } from './paths.ts';

/** What kubectl asks for; the answer's type has no @, which Go refuses to parse. */
const PROTOBUF_V2 = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';
const INFO = { title: 'Kubernetes', version: GIT_VERSION };

/** The OpenAPI documents of what is served at present, built when asked for and kept until the catalogue changes. */
export class OpenApi {
  readonly #catalogue: Catalogue;
  readonly #encodeV2: (document: JsonObject) => Buffer;
  readonly #elsewhere: () => readonly string[];
  #generation = -1;
  #cache = new Map<string, unknown>();

  /**
   * @param encodeV2 turns a version 2 document into the protobuf form that kubectl asks for.
   * @param elsewhere version 3 documents that other servers have, such as `apis/metrics.k8s.io/v1`
   */
  constructor(
    catalogue: Catalogue,
    encodeV2: (document: JsonObject) => Buffer,
    elsewhere: () => readonly string[] = () => [],
  ) {
    this.#catalogue = catalogue;
    this.#encodeV2 = encodeV2;
    this.#elsewhere = elsewhere;
  }

  /** Answers a GET of an OpenAPI document. @returns false if the path is of none. */
  answer(path: string, request: IncomingMessage, response: ServerResponse): boolean {
    if (path === '/openapi/v2') {
      this.#answerV2(request, response);
      return true;
    }
    if (path === '/openapi/v3') {
      const own = this.#cached('v3', () => this.#index());
      const others = this.#elsewhere().map((at) => [at, { serverRelativeURL: `/openapi/v3/${at}` }] as const);
      sendJson(response, 200, { paths: { ...own, ...Object.fromEntries(others) } });
      return true;
    }
    const own = path.startsWith('/openapi/v3/') ? path.slice('/openapi/v3/'.length) : undefined;
    const definitions = own === undefined ? [] : this.#byGroupVersion().get(own);
    if (own === undefined || definitions === undefined) return false;
    sendJson(
      response,
      200,
      this.#cached(path, () => documentV3(definitions)),
    );
    return true;
  }

  #answerV2(request: IncomingMessage, response: ServerResponse): void {
    const document = () => this.#cached('v2', () => documentV2(this.#catalogue.all()));
    if (!(request.headers.accept ?? '').includes(PROTOBUF_V2)) {
      sendJson(response, 200, document());
      return;
    }
    const bytes = this.#cached('v2.protobuf', () => this.#encodeV2(document()));
    response.writeHead(200, {
      'content-type': PROTOBUF_V2.replace('@', '.'),
      'content-length': bytes.length,
    });
    response.end(bytes);
  }

  #cached<T>(key: string, make: () => T): T {
    if (this.#generation !== this.#catalogue.generation) {
      this.#generation = this.#catalogue.generation;
      this.#cache = new Map();
    }
    if (!this.#cache.has(key)) this.#cache.set(key, make());
    return this.#cache.get(key) as T;
  }

  #byGroupVersion(): Map<string, ResourceDefinition[]> {
    return Map.groupBy(this.#catalogue.all(), ({ group, version }) =>
      group === '' ? `api/${version}` : `apis/${group}/${version}`,
    );
  }

  #index(): JsonObject {
    const entries = [...this.#byGroupVersion()].map(([path, definitions]) => {
      const document = JSON.stringify(this.#cached(`/openapi/v3/${path}`, () => documentV3(definitions)));
      const hash = createHash('sha256').update(document).digest('hex').slice(0, 32).toUpperCase();
      return [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` }];
    });
    return Object.fromEntries(entries) as JsonObject;
  }
}

/** The published schema of a kind; custom ones get a name, their type and metadata. */
function kindSchema(definition: ResourceDefinition): Schema & { definitionName: string } {
  const { group, version, kind, schema } = definition;
  if (schema?.definitionName !== undefined) return { ...schema, definitionName: schema.definitionName };
  const base: Schema = schema ?? { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const reversed = group.split('.').reverse().join('.');
  const definitionName = `${reversed}.${version}.${kind}`;
  return {
    ...named(definitionName, {
      ...base,
      properties: {
        apiVersion: str('API version of this object.'),
        kind: str('Kind of this object.'),
        ...base.properties,
        metadata: OBJECT_META,
      },
      'x-kubernetes-group-version-kind': [{ group, version, kind }],
    }),
    definitionName,
  };
}

function collect(definitions: readonly ResourceDefinition[], dialect: Dialect) {
  const collector = new SchemaCollector(dialect);
  const prefix = dialect === 'v2' ? '#/definitions/' : '#/components/schemas/';
  const references = definitions.map((definition) => {
    const schema = kindSchema(definition);
    collector.add(schema.definitionName, schema);
    return { definition, reference: { $ref: `${prefix}${schema.definitionName}` } };
  });
  return { schemas: collector.schemas, references };
}

function documentV3(definitions: readonly ResourceDefinition[]): JsonObject {
  const { schemas, references } = collect(definitions, 'v3');
  const paths = Object.assign(
    {},
    ...references.map(({ definition, reference }) => resourcePaths(definition, reference)),
  ) as JsonObject;
  return { openapi: '3.0.0', info: INFO, paths, components: { schemas } };
}

function documentV2(definitions: readonly ResourceDefinition[]): JsonObject {
  const { schemas, references } = collect(definitions, 'v2');
  const paths = Object.fromEntries(
    references.map(({ definition, reference }) => [
      `/${apiVersionOf(definition.group, definition.version)}/${definition.resource}/{name}`,
      patchOperation(definition, reference),
    ]),
  );
  return { swagger: '2.0', info: INFO, paths, definitions: schemas };
}

/** The one operation that clients of version 2 look at: what PATCH accepts. */
function patchOperation(definition: ResourceDefinition, reference: JsonObject): JsonObject {
  const { group, version, kind } = definition;
  return {
    patch: {
      operationId: `patch${kind}`,
      consumes: patchTypes(definition),
      'x-kubernetes-action': 'patch',
      'x-kubernetes-group-version-kind': { group, version, kind },
      parameters: ['dryRun', 'fieldManager', 'fieldValidation', 'force'].map((name) => ({
        name,
        in: 'query',
        type: 'string',
      })),
      responses: { 200: { description: 'OK', schema: reference } },
    },
  };
}
