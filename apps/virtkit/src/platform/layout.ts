import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where everything of one platform lives: all below `root`, nothing elsewhere but network devices. */
export interface Layout {
  root: string;
  /** Choices made by the first `up`, kept by the next. */
  settings: string;
  /** Certificates and tokens, readable by the owner only. */
  pki: string;
  tokens: string;
  /** The API server's database and certificates. */
  store: string;
  /** The kubelet's root: `pods/`, `images/`, `cni/`. */
  kubelet: string;
  /** The data of PersistentVolumes, one folder each: what users would miss. */
  volumes: string;
  logs: string;
  /** Logs of launchers that failed, by namespace and instance. */
  launcherLogs: string;
  kubeconfig: string;
  /** What libvirt has learnt about QEMU, for all launchers. */
  capabilityCache: string;
  /** What the launcher program found out about this machine, for virt-handler. */
  nodeProbe: string;
  /** Who supervises and what runs, for `status` and `down`. */
  supervisor: string;
}

export function layoutOf(root: string): Layout {
  return {
    root,
    settings: join(root, 'settings.json'),
    pki: join(root, 'pki'),
    tokens: join(root, 'pki', 'tokens'),
    store: join(root, 'store'),
    kubelet: join(root, 'kubelet'),
    volumes: join(root, 'volumes'),
    logs: join(root, 'logs'),
    launcherLogs: join(root, 'logs', 'launchers'),
    kubeconfig: join(root, 'kubeconfig'),
    capabilityCache: join(root, 'qemu-capabilities'),
    nodeProbe: join(root, 'node-probe.json'),
    supervisor: join(root, 'supervisor.json'),
  };
}

/** `/var/lib/virtkit` for root, else below the user's state folder (XDG base directories). */
export function defaultRoot(uid: number, environment: NodeJS.ProcessEnv): string {
  if (environment.VIRTKIT_ROOT !== undefined && environment.VIRTKIT_ROOT !== '')
    return environment.VIRTKIT_ROOT;
  if (uid === 0) return '/var/lib/virtkit';
  return join(environment.XDG_STATE_HOME ?? join(homedir(), '.local', 'state'), 'virtkit');
}
