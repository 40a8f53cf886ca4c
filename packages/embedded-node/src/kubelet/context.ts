import type { Logger } from '@virtkit/controllers/runtime';
import type { Client } from '@virtkit/sdk';
import type { ImageStore } from '../images/image-store.ts';
import type { NetworkProvider } from '../network/network.ts';
import type { HostLayout } from '../sandbox/bubblewrap.ts';
import type { DevicePlugin } from '../sandbox/devices.ts';
import type { SandboxMount } from '../sandbox/specification.ts';
import type { Layout } from '../state/layout.ts';
import type { BuiltInImage } from './image-source.ts';
import type { PodRecords } from './pod-record.ts';

/** What all Pods of a kubelet share. */
export interface KubeletContext {
  readonly client: Client;
  readonly nodeName: string;
  readonly hostAddress: string;
  readonly layout: Layout;
  readonly records: PodRecords;
  readonly images: ImageStore;
  readonly builtInImages: readonly BuiltInImage[];
  readonly hostBinds: readonly SandboxMount[];
  readonly devices: readonly DevicePlugin[];
  readonly hostLayout: HostLayout;
  /** Whether this process is root of the machine. */
  readonly root: boolean;
  readonly podNetwork: NetworkProvider;
  readonly hostNetwork: NetworkProvider;
  /** Milliseconds between looks at the objects that files of running containers are made of. */
  readonly volumeRefreshMs: number;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}
