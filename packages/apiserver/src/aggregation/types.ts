/** What an APIService says of a group and version. */
export interface ApiServiceSpec {
  group: string;
  version: string;
  /** Absent for what this server serves itself. */
  service?: { namespace: string; name: string; port: number };
  /** PEM, base64. */
  caBundle?: string;
  insecureSkipTLSVerify?: boolean;
  groupPriorityMinimum: number;
  versionPriority: number;
}

/** An APIService that another server answers. */
export interface RemoteApiService {
  readonly name: string;
  readonly spec: ApiServiceSpec & Required<Pick<ApiServiceSpec, 'service'>>;
  /** Whether the last check found it answering. */
  readonly available: boolean;
}
