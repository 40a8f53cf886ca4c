import { randomUUID } from 'node:crypto';
import type { AdmissionResult, ConfigurationReader } from '@virtkit/admission';
import type { KubernetesObject, KubeVirt } from '@virtkit/core-types';
import { isApiError } from '../errors.ts';
import { abortedError } from '../transport/network-error.ts';
import { clusterLookups, listKubeVirts } from './cluster-lookups.ts';
import type { Judgement } from './judgement.ts';
import type { LookupCache } from './lookup-cache.ts';
import { LookupSession } from './lookup-session.ts';
import type { ObjectSource } from './object-source.ts';
import type { PlannedWrite } from './planned-write.ts';
import { causesOf, refusalOf } from './refusal.ts';

/** The rules, and the configuration that was last read. */
interface Loaded {
  readonly admission: typeof import('@virtkit/admission');
  readonly configuration: ConfigurationReader;
  readonly cache: LookupCache;
}

/** Longest that all look-ups of one judgement may take, in milliseconds; then the server judges. */
const longestMs = 10_000;

/** KubeVirt's own components may do what others may not; whoever is one of them does not validate. */
const anybody = { name: 'anybody', groups: ['system:authenticated'] } as const;

export interface JudgeSettings {
  readonly source: ObjectSource;
  /** The cluster's KubeVirt object; looked up when absent. */
  readonly kubeVirt: KubeVirt | undefined;
}

/**
 * Judges writes as the server's admission will, with look-ups through the client. `@virtkit/admission` is loaded when the
 * first write is judged.
 */
export class Judge {
  readonly #settings: JudgeSettings;
  #loaded: Loaded | undefined;

  constructor(settings: JudgeSettings) {
    this.#settings = settings;
  }

  /** Whether admission has anything to say of such writes. Pods are changed by it, but never refused. */
  async concerns<T extends KubernetesObject>(
    write: Pick<PlannedWrite<T>, 'definition' | 'operation' | 'subresource'>,
  ): Promise<boolean> {
    const { admission } = await this.#load();
    const { group, plural } = write.definition;
    const { subresource } = write;
    return group !== '' && admission.isAdmitted({ group, plural, subresource }, write.operation);
  }

  /**
   * A refusal that rests on what was remembered is judged again with fresh look-ups, so that none is out of date.
   *
   * @throws ApiError `aborted`, `closed`
   */
  async judge<T extends KubernetesObject>(
    write: PlannedWrite<T>,
    signal?: AbortSignal,
  ): Promise<Judgement<T>> {
    if (!(await this.concerns(write))) return allowed(write.object);
    const first = await this.#attempt(write, signal, { fresh: false });
    const { result, session } = first;
    const confirmed =
      result.allowed || !session.usedRemembered ? first : await this.#attempt(write, signal, { fresh: true });
    return judgementOf(write, confirmed.result, confirmed.session);
  }

  async #attempt<T extends KubernetesObject>(
    write: PlannedWrite<T>,
    signal: AbortSignal | undefined,
    options: { readonly fresh: boolean },
  ): Promise<{ result: AdmissionResult; session: LookupSession }> {
    const { admission, cache } = await this.#load();
    const session = new LookupSession(this.#settings.source, cache, options);
    const limit = AbortSignal.timeout(longestMs);
    const limited = signal === undefined ? limit : AbortSignal.any([signal, limit]);
    const { definition, operation, namespace, name, subresource, object, stored, dryRun } = write;
    const { group, version, plural } = definition;
    const kubeVirts = () => this.#kubeVirts(session, limited);
    const result = await admission.admit(
      {
        operation,
        resource: { group, version, plural },
        subresource,
        namespace,
        name,
        object,
        oldObject: stored,
        user: anybody,
        dryRun,
      },
      {
        configuration: await this.#configuration(kubeVirts),
        lookups: clusterLookups(session, { kubeVirts, signal: limited }),
        uuid: randomUUID,
        now: () => new Date().toISOString(),
      },
    );
    if (signal?.aborted === true) throw abortedError(signal);
    const closed = session.failures.find(({ cause }) => cause?.code === 'closed');
    if (closed?.cause !== undefined) throw closed.cause;
    return { result, session };
  }

  /** The configuration in force; the built-in one where the session has recorded that it cannot be read. */
  async #configuration(
    kubeVirts: () => Promise<readonly KubeVirt[]>,
  ): Promise<ReturnType<ConfigurationReader>> {
    const { configuration } = await this.#load();
    try {
      return configuration(await kubeVirts());
    } catch (error) {
      if (isApiError(error)) return configuration([]);
      throw error;
    }
  }

  async #kubeVirts(session: LookupSession, signal: AbortSignal): Promise<readonly KubeVirt[]> {
    const { kubeVirt } = this.#settings;
    return kubeVirt === undefined ? listKubeVirts(session, signal) : [kubeVirt];
  }

  async #load(): Promise<Loaded> {
    if (this.#loaded === undefined) {
      const [admission, { LookupCache }] = await Promise.all([
        import('@virtkit/admission'),
        import('./lookup-cache.ts'),
      ]);
      const configuration = admission.configurationReader();
      this.#loaded ??= { admission, configuration, cache: new LookupCache() };
    }
    return this.#loaded;
  }
}

function allowed<T>(object: T): Judgement<T> {
  return {
    verdict: 'allowed',
    causes: [],
    refusal: undefined,
    warnings: [],
    defaulted: object,
    leftToServer: [],
  };
}

function judgementOf<T extends KubernetesObject>(
  write: PlannedWrite<T>,
  result: AdmissionResult,
  { failures }: LookupSession,
): Judgement<T> {
  return {
    verdict: failures.length > 0 ? 'undecided' : result.allowed ? 'allowed' : 'refused',
    causes: causesOf(result),
    refusal: result.allowed ? undefined : refusalOf(write, result),
    warnings: result.warnings,
    // Admission fills in members of the object that it is given.
    defaulted: result.object as T,
    leftToServer: failures,
  };
}
