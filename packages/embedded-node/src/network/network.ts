/** What a Pod's network needs to know of the Pod. */
export interface PodNetworkRequest {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  /** Kernel parameters for the Pod's own network namespace, all below `net.`. */
  readonly sysctls: Readonly<Record<string, string>>;
}

/** A Pod's place in the network. */
export interface PodNetwork {
  /** Path of the network namespace; absent when the Pod uses the host's network. */
  readonly namespacePath?: string | undefined;
  /** Addresses, IPv4 first. */
  readonly addresses: readonly string[];
}

/** Gives Pods their network. Every call can be repeated: what is there already is kept, what is gone already is fine. */
export interface NetworkProvider {
  /** @throws EmbeddedNodeError `NetworkFailed`, `CommandMissing` */
  setUp(request: PodNetworkRequest, options?: { signal?: AbortSignal }): Promise<PodNetwork>;
  /** Whether the network still is as `setUp` made it. */
  check(request: PodNetworkRequest): Promise<boolean>;
  /** Also for a Pod of which only the uid is known, and after a `setUp` that was cut short. */
  tearDown(uid: string): Promise<void>;
  /** Removes what all Pods share: bridge, address translation, files. */
  cleanUp(): Promise<void>;
}
