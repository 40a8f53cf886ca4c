/**
 * Requests that are sent, in this order, to two API servers. Every string in them may refer to earlier answers: `{{made.metadata.uid}}` is
 * the member at that path of the answer to the step called `made`, of the same server. `{{ns}}` is the namespace that the
 * sequence has for itself, which both servers call the same.
 */
export interface Sequence {
  /** Unique, such as `configmaps: update with an old revision`. */
  readonly name: string;
  readonly steps: readonly Step[];
  /** Whether Pods are made in the namespace: it gets the service account that real Kubernetes wants to see. */
  readonly pods?: boolean;
}

export type Step = RequestStep | WatchStep | CollectStep | ReceivedStep;

export interface RequestStep {
  /** By which later steps refer to the answer. */
  readonly as?: string;
  readonly method: string;
  /** With its query, already percent-encoded. */
  readonly path: string;
  /** Sent as JSON; a string is sent as it is. */
  readonly body?: unknown;
  /** Content-Type; JSON unless given, and none at all if empty. */
  readonly type?: string;
  readonly accept?: string;
  /** A list is sent as several headers of this name. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Whose client certificate is shown: the administrator's unless given, and none at all by `nobody`. */
  readonly by?: string;
  /**
   * The request is repeated until this holds of the answer, and only the last answer is compared: for what one of the servers
   * does in the background. When it never holds the last answer is compared all the same.
   */
  readonly until?: (answer: Answer) => boolean;
  /** It only prepares what is asked later: of the answer no more than the status is compared. */
  readonly setUp?: boolean;
}

/** Opens a watch and waits until it is answered. */
interface WatchStep {
  /** Name for the step that collects its events. */
  readonly watch: string;
  readonly path: string;
  readonly accept?: string;
}

/** Compares what a watch has told, and closes it. */
interface CollectStep {
  readonly collect: string;
  /** How far to read: this many events, the first one about an object of this name, or the end of the answer. */
  readonly through: number | { readonly name: string } | 'end';
}

/** Compares what the server has sent to servers behind it since the last such step. */
interface ReceivedStep {
  /** What they are, for the report. */
  readonly received: string;
}

/** What came back for one request. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** Parsed if it is JSON. */
  readonly body: unknown;
}

/** One line of a watch. */
export interface WatchLine {
  readonly type: string;
  readonly object: unknown;
}

/** What a server answered to each step of a sequence. */
export type Transcript = readonly Entry[];

/** What is known of one step. */
export type Entry =
  Answer | { readonly events: readonly WatchLine[] } | { readonly received: readonly unknown[] };
