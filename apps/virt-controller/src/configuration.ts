/** How virt-controller runs; what is absent has the default that is named. */
export interface VirtControllerConfig {
  /** Image of the launcher pods, for example `virtkit.dev/virt-launcher:0.1.0`. */
  readonly launcherImage: string;
  /** Only objects of this namespace; default all. */
  readonly namespace?: string;
  /** Namespace of the installation, whose settings are looked at there; default `kubevirt`. */
  readonly installNamespace?: string | undefined;
  /** Wait for a Lease before acting; needed as soon as there is more than one replica. Default false. */
  readonly leaderElection?: {
    /** Namespace of the Lease; default `kubevirt`. */
    readonly namespace?: string;
    /** Name of this replica; must differ between replicas and starts. */
    readonly identity: string;
    /** Others may take over, the holder gives up, both look again after so many milliseconds; default 15000, 10000, 2000. */
    readonly leaseMs?: number;
    readonly renewDeadlineMs?: number;
    readonly retryMs?: number;
  };
  /** Objects that each controller works on at a time. */
  readonly workers?: {
    readonly machine?: number | undefined;
    readonly instance?: number | undefined;
    readonly replicaSet?: number | undefined;
    readonly pool?: number | undefined;
  };
  /** Milliseconds that Normal events wait before they are written; default 5000. */
  readonly eventDelayMs?: number;
  /** Milliseconds that status changes of no consequence wait for company. */
  readonly coalesceMs?: { readonly machine?: number; readonly instance?: number };
}
