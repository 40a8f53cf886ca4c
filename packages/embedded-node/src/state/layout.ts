import { join } from 'node:path';
import { EmbeddedNodeError } from '../errors.ts';

/** Where the kubelet keeps what, below its root folder. */
export interface Layout {
  readonly root: string;
  readonly pods: string;
  readonly images: string;
  readonly cni: string;
  pod(uid: string): PodLayout;
}

/** The folder of one Pod. */
export interface PodLayout {
  readonly folder: string;
  /** What the kubelet knows of the Pod; written before anything is made for it. */
  readonly record: string;
  readonly network: string;
  readonly hosts: string;
  readonly resolverConfiguration: string;
  passwd(container: string): string;
  group(container: string): string;
  readonly devices: string;
  /** As a kubelet on a cluster lays it out, so that node agents find sockets in emptyDirs. */
  volume(plugin: VolumePlugin, name: string): string;
  log(container: string): string;
  previousLog(container: string): string;
  container(name: string): string;
  attempt(container: string, attempt: number): AttemptLayout;
}

/** The files of one start of a container. */
export interface AttemptLayout {
  readonly folder: string;
  /** Holds the identity of the process; made by exactly one of the starting process and a later kubelet. */
  readonly claim: string;
  /** What bubblewrap reports: pid of the namespace's init, exit code. */
  readonly status: string;
}

type VolumePlugin =
  | 'kubernetes.io~empty-dir'
  | 'kubernetes.io~configmap'
  | 'kubernetes.io~secret'
  | 'kubernetes.io~downward-api'
  | 'kubernetes.io~local-volume'
  | 'kubernetes.io~projected';

/** The layout below `root`, an absolute path. */
export function layoutOf(root: string): Layout {
  return {
    root,
    pods: join(root, 'pods'),
    images: join(root, 'images'),
    cni: join(root, 'cni'),
    pod: (uid) => podLayout(join(root, 'pods', safeSegment(uid))),
  };
}

function podLayout(folder: string): PodLayout {
  const container = (name: string) => join(folder, 'containers', safeSegment(name));
  return {
    folder,
    record: join(folder, 'pod.json'),
    network: join(folder, 'network.json'),
    hosts: join(folder, 'etc-hosts'),
    resolverConfiguration: join(folder, 'resolv.conf'),
    passwd: (name) => join(container(name), 'etc-passwd'),
    group: (name) => join(container(name), 'etc-group'),
    devices: join(folder, 'devices'),
    volume: (plugin, name) => join(folder, 'volumes', plugin, safeSegment(name)),
    log: (name) => join(folder, `${safeSegment(name)}.log`),
    previousLog: (name) => join(folder, `${safeSegment(name)}.previous.log`),
    container,
    attempt: (name, attempt) => {
      const attemptFolder = join(container(name), String(attempt));
      return {
        folder: attemptFolder,
        claim: join(attemptFolder, 'claim'),
        status: join(attemptFolder, 'status'),
      };
    },
  };
}

/** The API server checks names too, but a path is built from them here, as root. */
function safeSegment(name: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name))
    throw new EmbeddedNodeError('StateInvalid', `${JSON.stringify(name)} cannot be the name of a file`);
  return name;
}
