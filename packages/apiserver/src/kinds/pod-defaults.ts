import { elementsOf, isObject, membersOf, stringOf, type JsonObject } from '../object/json.ts';
import type { KubeObject } from '../object/types.ts';

/** Seconds that a Pod may take to end unless it says otherwise. */
export const DEFAULT_GRACE_SECONDS = 30;

const TOKEN_SECONDS = 3600;
/** 0644 */
const FILE_MODE = 420;
const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const;

/** Fills in what Kubernetes fills in of a new or changed Pod before anybody else sees it, in place. */
export function applyPodDefaults(pod: KubeObject): void {
  pod.spec ??= {};
  if (!isObject(pod.spec)) return;
  const { spec } = pod;
  applyPodSpecDefaults(spec);
  spec.enableServiceLinks ??= true;
  for (const container of containersOf(spec)) {
    defaultRequests(container.resources);
    if (spec.hostNetwork === true)
      for (const port of elementsOf(container.ports))
        if (isObject(port)) port.hostPort ??= port.containerPort;
  }
}

/** Fills in, in place, what the specs of Pods and of templates of Pods have in common. */
export function applyPodSpecDefaults(spec: JsonObject): void {
  spec.restartPolicy ??= 'Always';
  spec.terminationGracePeriodSeconds ??= DEFAULT_GRACE_SECONDS;
  spec.dnsPolicy ??= 'ClusterFirst';
  spec.schedulerName ??= 'default-scheduler';
  spec.securityContext ??= {};
  shareAccount(spec);
  for (const volume of elementsOf(spec.volumes)) if (isObject(volume)) applyVolumeDefaults(volume);
  for (const container of [...containersOf(spec), ...elementsOf(spec.ephemeralContainers)])
    if (isObject(container)) applyContainerDefaults(container);
}

function containersOf(spec: JsonObject): JsonObject[] {
  return [...elementsOf(spec.containers), ...elementsOf(spec.initContainers)].filter(isObject);
}

/** Both members name the account; the older one is for older clients. */
export function shareAccount(spec: JsonObject): void {
  const name = spec.serviceAccountName ?? spec.serviceAccount;
  if (name === undefined) return;
  spec.serviceAccountName = name;
  spec.serviceAccount ??= name;
}

function applyVolumeDefaults(volume: JsonObject): void {
  // A volume without a source is scratch space.
  if (Object.keys(volume).every((member) => member === 'name')) volume.emptyDir = {};
  const { configMap, secret, downwardAPI, projected, hostPath, image } = volume;
  for (const files of [configMap, secret, downwardAPI, projected])
    if (isObject(files)) files.defaultMode ??= FILE_MODE;
  for (const items of [downwardAPI, ...elementsOf(membersOf(projected).sources).map(projectedFields)])
    for (const item of elementsOf(membersOf(items).items)) applyFieldDefaults(membersOf(item).fieldRef);
  for (const source of elementsOf(membersOf(projected).sources)) {
    const token = membersOf(source).serviceAccountToken;
    if (isObject(token)) token.expirationSeconds ??= TOKEN_SECONDS;
  }
  if (isObject(hostPath)) hostPath.type ??= '';
  if (isObject(image)) image.pullPolicy ??= pullPolicy(stringOf(image.reference));
}

function projectedFields(source: unknown): unknown {
  return membersOf(source).downwardAPI;
}

function applyFieldDefaults(reference: unknown): void {
  if (isObject(reference)) reference.apiVersion ??= 'v1';
}

function applyContainerDefaults(container: JsonObject): void {
  container.imagePullPolicy ??= pullPolicy(stringOf(container.image));
  container.terminationMessagePath ??= '/dev/termination-log';
  container.terminationMessagePolicy ??= 'File';
  container.resources ??= {};
  for (const port of elementsOf(container.ports)) if (isObject(port)) port.protocol ??= 'TCP';
  for (const variable of elementsOf(container.env))
    applyFieldDefaults(membersOf(membersOf(variable).valueFrom).fieldRef);
  for (const member of PROBES) applyProbeDefaults(container[member]);
  const { postStart, preStop } = membersOf(container.lifecycle);
  for (const handler of [postStart, preStop]) applyRequestDefaults(membersOf(handler).httpGet);
}

/** Without a tag an image may be another one every day. */
function pullPolicy(image: string): string {
  const tag = /:([^/@:]+)$/.exec(image)?.[1];
  return tag === 'latest' || (tag === undefined && !image.includes('@')) ? 'Always' : 'IfNotPresent';
}

/** Of a probe 0 means "not set" too. */
function applyProbeDefaults(probe: unknown): void {
  if (!isObject(probe)) return;
  probe.timeoutSeconds ||= 1;
  probe.periodSeconds ||= 10;
  probe.successThreshold ||= 1;
  probe.failureThreshold ||= 3;
  applyRequestDefaults(probe.httpGet);
  if (isObject(probe.grpc)) probe.grpc.service ??= '';
}

function applyRequestDefaults(request: unknown): void {
  if (!isObject(request)) return;
  request.path ||= '/';
  request.scheme ||= 'HTTP';
}

/** A limit without a request requests as much. */
function defaultRequests(resources: unknown): void {
  if (!isObject(resources) || !isObject(resources.limits)) return;
  const requests = isObject(resources.requests) ? resources.requests : {};
  for (const [name, limit] of Object.entries(resources.limits)) requests[name] ??= limit;
  if (Object.keys(requests).length > 0) resources.requests = requests;
}
