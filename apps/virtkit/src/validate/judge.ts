import { admit, type AdmissionContext, type AdmissionResult } from '@virtkit/admission';
import {
  servedKind,
  VirtualMachineInstanceSpecSchema,
  type KubernetesObject,
  type ServedKind,
} from '@virtkit/core-types';
import { uncarried } from '@virtkit/machine-plan';
import { defaultNamespace } from '../manifests/manifest-lookups.ts';
import type { SourcedDocument } from '../manifests/sources.ts';
import type { DocumentVerdict } from './verdict.ts';

/** Whoever creates the objects: an ordinary user. */
const anybody = { name: 'kubernetes-admin', groups: ['system:authenticated'] } as const;

/** Groups whose kinds are Virtkit's to judge; of the others it knows how they look, but not what is allowed. */
const ownGroup = /(^|\.)kubevirt\.io$/;

/** What would become of a document if it were created. Never throws: what cannot be read is said to be so. */
export async function judgeDocument(
  document: SourcedDocument,
  context: AdmissionContext,
): Promise<DocumentVerdict> {
  const { source, index, line } = document;
  const place = { source, index, line, warnings: [] };
  if (document.kind === 'problem') return { ...place, result: 'unreadable', message: document.message };
  const { value } = document;
  const about = { ...place, ...identityOf(value) };
  const { apiVersion, kind } = about;
  if (apiVersion === undefined || kind === undefined)
    return { ...about, result: 'unreadable', message: 'a manifest names its apiVersion and its kind' };
  const served = servedKind(apiVersion, kind);
  if (served === undefined) {
    const [group = ''] = apiVersion.split('/');
    if (!ownGroup.test(group))
      return { ...about, result: 'not-judged', message: `${kind} is none of Virtkit's kinds` };
    return {
      ...about,
      result: 'refused',
      code: 404,
      reason: 'NotFound',
      message: `there is no kind ${kind} in ${apiVersion}`,
    };
  }
  if (!ownGroup.test(served.definition.group))
    return { ...about, result: 'not-judged', message: `${kind} is none of Virtkit's kinds` };
  return { ...about, ...(await judgeObject(value, served, context)) };
}

async function judgeObject(
  value: Readonly<Record<string, unknown>>,
  served: ServedKind,
  context: AdmissionContext,
): Promise<Pick<DocumentVerdict, 'result' | 'warnings'> & Partial<DocumentVerdict>> {
  const result = await createObject(value, served, context);
  const { allowed, code = 400, reason, message, causes, warnings, object } = result;
  if (allowed)
    return { result: 'allowed', warnings: [...warnings, ...gaps(served.definition.kind, value)], object };
  return {
    result: 'refused',
    code,
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message }),
    ...(causes === undefined ? {} : { causes }),
    warnings,
    object,
  };
}

/** Where the spec of an instance is in objects of a kind. */
const instanceSpecs: Readonly<Record<string, readonly string[]>> = {
  VirtualMachineInstance: ['spec'],
  VirtualMachine: ['spec', 'template', 'spec'],
  VirtualMachineInstanceReplicaSet: ['spec', 'template', 'spec'],
  VirtualMachinePool: ['spec', 'virtualMachineTemplate', 'spec', 'template', 'spec'],
};

/** What its author wrote and is allowed, but carried out by no platform of this version, which will refuse it. */
function gaps(kind: string, object: unknown): string[] {
  const path = instanceSpecs[kind];
  if (path === undefined) return [];
  const spec = VirtualMachineInstanceSpecSchema.safeParse(valueAt(object, path));
  if (!spec.success) return [];
  return uncarried(spec.data, path.join('.')).map(
    (gap) => `${gap.path}: this version of Virtkit does not carry it out: ${gap.reason}`,
  );
}

function valueAt(object: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, member) =>
      typeof value === 'object' && value !== null ? (Reflect.get(value, member) as unknown) : undefined,
    object,
  );
}

/** Admission of a new object, in the namespace `default` unless it names one. */
export async function createObject(
  value: Readonly<Record<string, unknown>>,
  { definition, version }: ServedKind,
  context: AdmissionContext,
): Promise<AdmissionResult> {
  const { group, plural, namespaced, schema } = definition;
  const object = namespaced ? withNamespace(value) : value;
  const result = await admit(
    { operation: 'CREATE', resource: { group, version, plural }, object, user: anybody },
    context,
  );
  if (!result.allowed || schema === undefined) return result;
  // Kinds that no webhook looks at are held against their schema, as the API server does.
  const parsed = schema.safeParse(result.object);
  if (parsed.success) return result;
  const causes = parsed.error.issues.map(({ path, message }) => ({ field: path.join('.'), message }));
  const [first] = causes;
  return {
    ...result,
    allowed: false,
    code: 422,
    reason: 'Invalid',
    message: first?.message ?? 'wrong',
    causes,
  };
}

function withNamespace(value: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { metadata } = value;
  if (typeof metadata !== 'object' || metadata === null || 'namespace' in metadata) return value;
  return { ...value, metadata: { ...metadata, namespace: defaultNamespace } };
}

function identityOf(
  value: Readonly<Record<string, unknown>>,
): Pick<DocumentVerdict, 'apiVersion' | 'kind' | 'namespace' | 'name'> {
  const { apiVersion, kind, metadata } = value as Partial<Record<keyof KubernetesObject, unknown>>;
  const { namespace, name, generateName } = (
    typeof metadata === 'object' && metadata !== null ? metadata : {}
  ) as Record<string, unknown>;
  const text = <K extends string>(key: K, member: unknown): Partial<Record<K, string>> =>
    typeof member === 'string' && member !== '' ? ({ [key]: member } as Record<K, string>) : {};
  return {
    ...text('apiVersion', apiVersion),
    ...text('kind', kind),
    ...text('namespace', namespace),
    ...text('name', name ?? generateName),
  };
}
