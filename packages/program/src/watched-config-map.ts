import { createInformer, systemClock, type Logger } from '@virtkit/controllers/runtime';
import type { Client } from '@virtkit/sdk';
import { isDeepStrictEqual } from 'node:util';
import type { Reading } from './watched-files.ts';
import { WatchedValue, type Watched } from './watched.ts';

/** Which ConfigMap, and what is made of it. */
export interface WatchConfigMapOptions<T> {
  readonly namespace: string;
  readonly name: string;
  /** Makes a value of the ConfigMap's data. A problem leaves the present value in force. */
  readonly read: (data: Readonly<Record<string, string>>) => Reading<T>;
  readonly logger: Logger;
  /** Ends the wait for a ConfigMap that is not there yet. */
  readonly signal?: AbortSignal;
}

/** A value from a ConfigMap, followed for as long as it is not disposed of. */
export interface WatchedConfigMap<T> extends Watched<T>, AsyncDisposable {}

/**
 * Follows one ConfigMap through the API, with a watch that asks for no other. Waits until it is there and good. What was good
 * stays in force when it goes or turns bad.
 *
 * @throws ControllerError `not-synced`, or the reason of `signal`, when that aborts before
 */
export async function watchConfigMap<T>(
  client: Pick<Client, 'configMaps'>,
  options: WatchConfigMapOptions<T>,
): Promise<WatchedConfigMap<T>> {
  const { namespace, name, logger, read, signal } = options;
  signal?.throwIfAborted();
  const place = { configMap: `${namespace}/${name}` };
  const found = Promise.withResolvers<WatchedValue<T>>();
  let value: WatchedValue<T> | undefined;
  let told: string | undefined;
  const problem = (text: string): void => {
    if (text === told) return;
    told = text;
    const message = value === undefined ? 'waiting for a ConfigMap' : 'a changed ConfigMap is not used yet';
    logger.warn(message, { ...place, problem: text });
  };
  const take = (next: T): void => {
    told = undefined;
    if (value === undefined) found.resolve((value = new WatchedValue(next)));
    else if (!isDeepStrictEqual(value.current, next)) {
      logger.info('a ConfigMap has changed', place);
      value.set(next);
    }
  };

  const stop = new AbortController();
  const informer = createInformer({
    definition: client.configMaps.definition,
    source: client.configMaps,
    namespace,
    fieldSelector: `metadata.name=${name}`,
    clock: systemClock,
    logger,
  });
  informer.listen(({ kind, object }) => {
    if (kind === 'deleted') return problem('it is not there');
    const reading = read(object.data ?? {});
    if (reading.ok) take(reading.value);
    else problem(reading.problem);
  });
  const running = informer.run(stop.signal);
  const close = async (): Promise<void> => {
    stop.abort();
    await running;
  };
  const aborted = (): void => found.reject(signal?.reason);
  signal?.addEventListener('abort', aborted, { once: true });
  try {
    const listed = async (): Promise<void> => {
      await informer.waitForSync(signal === undefined ? {} : { signal });
      if (informer.store.size === 0) problem('it is not there');
    };
    // Both end when the signal aborts, and both have to be heard.
    const [current] = await Promise.all([found.promise, listed()]);
    return {
      get current() {
        return current.current;
      },
      onChange: (listener) => current.onChange(listener),
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  } finally {
    signal?.removeEventListener('abort', aborted);
  }
}
