import { ApiServerError } from '../errors.ts';
import { equalJson, type JsonObject } from '../object/json.ts';
import { createObject } from '../registry/create.ts';
import { keyOf, type Registry, type RequestScope } from '../registry/registry.ts';
import { bodyOf, updateObject } from '../registry/update.ts';
import { PRIVILEGED_GROUP } from '../authorization/authorizer.ts';
import { AUTHENTICATED } from './groups.ts';
import { accountGroups, accountName } from './service-account-claims.ts';

const SYSTEM = 'kube-system';

/** An object of the core group that is to exist, and to contain this data if there is any. */
export interface SystemObject {
  readonly resource: 'serviceaccounts' | 'configmaps';
  readonly namespace: string;
  readonly name: string;
  readonly data?: JsonObject;
  /** ServiceAccount of kube-system on whose behalf it is written; the server itself when absent. */
  readonly controller?: string;
}

/** Creates the object, or puts its data right. A namespace that goes, or is gone, is no error. */
export async function ensureObject(registry: Registry, wanted: SystemObject): Promise<void> {
  const { resource, namespace, name, data, controller } = wanted;
  const definition = registry.catalogue.find({ group: '', version: 'v1', resource });
  if (definition === undefined) return;
  const scope: RequestScope = {
    user:
      controller === undefined
        ? { name: 'system:apiserver', groups: [PRIVILEGED_GROUP, AUTHENTICATED] }
        : { name: accountName(SYSTEM, controller), groups: [...accountGroups(SYSTEM), AUTHENTICATED] },
    dryRun: false,
    fieldValidation: 'Ignore',
    fieldManager: controller ?? 'kube-apiserver',
    warnings: [],
  };
  const present = registry.store.get(keyOf(definition, namespace, name))?.object;
  try {
    if (present === undefined) {
      const object = { metadata: { name, namespace }, ...(data && { data }) };
      await createObject(registry, definition, scope, namespace, bodyOf(object));
    } else if (data !== undefined && !equalJson(present.data, data))
      await updateObject(registry, definition, scope, {
        namespace,
        name,
        target: 'main',
        replaces: false,
        produce: (current) => bodyOf({ ...current, data }),
      });
  } catch (error) {
    if (!isOvertaken(error)) throw error;
  }
}

/** Somebody else was faster, or the namespace has begun to go. */
function isOvertaken(error: unknown): boolean {
  if (!(error instanceof ApiServerError)) return false;
  return (
    ['NotFound', 'AlreadyExists'].includes(error.code) ||
    error.options.causes?.some(({ reason }) => reason === 'NamespaceTerminating') === true
  );
}

/** What API servers behind this one, and others that take its users, have to know. */
export interface AuthenticationConfiguration {
  /** Certificate of the authority for clients, PEM. */
  readonly clientCa: string;
  /** Certificate of the authority for the client that speaks for others by headers, PEM. */
  readonly frontProxyCa: string;
  /** Common name of that client. */
  readonly frontProxyName: string;
}

/** Publishes how users are recognised, as Kubernetes does: the ConfigMap `extension-apiserver-authentication`. */
export async function publishAuthentication(
  registry: Registry,
  { clientCa, frontProxyCa, frontProxyName }: AuthenticationConfiguration,
): Promise<void> {
  await ensureObject(registry, {
    resource: 'configmaps',
    namespace: SYSTEM,
    name: 'extension-apiserver-authentication',
    data: {
      'client-ca-file': clientCa,
      'requestheader-allowed-names': JSON.stringify([frontProxyName]),
      'requestheader-client-ca-file': frontProxyCa,
      'requestheader-extra-headers-prefix': JSON.stringify(['X-Remote-Extra-']),
      'requestheader-group-headers': JSON.stringify(['X-Remote-Group']),
      'requestheader-uid-headers': JSON.stringify(['X-Remote-Uid']),
      'requestheader-username-headers': JSON.stringify(['X-Remote-User']),
    },
  });
}
