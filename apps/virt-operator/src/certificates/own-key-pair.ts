import { resources, type Secret } from '@virtkit/core-types';
import { createInformer, type Clock, type Logger } from '@virtkit/controllers/runtime';
import { pairInSecret } from '@virtkit/install';
import { createAuthority, issueCertificate } from '@virtkit/pki';
import { readKeyPair, WatchedValue, type KeyPair, type Watched } from '@virtkit/program';
import type { Client } from '@virtkit/sdk';

/** The Secret with the certificate that the operator's servers show. */
const secretName = 'kubevirt-operator-certs';

const yearMs = 365 * 24 * 3600 * 1000;

/** A key pair that is followed for as long as it is not disposed of. */
export interface OwnKeyPair extends Watched<KeyPair>, AsyncDisposable {}

/**
 * What the operator's own servers show. It issues this certificate itself, so at its first start there is none: until the
 * Secret is there it shows one that nobody trusts, which is enough for the kubelet's probes. The Secret is followed through the
 * API, because one that is mounted shows a minute late.
 */
export async function ownKeyPair(options: {
  readonly client: Client;
  readonly namespace: string;
  readonly clock: Clock;
  readonly logger: Logger;
}): Promise<OwnKeyPair> {
  const { client, namespace, clock, logger } = options;
  const value = new WatchedValue<KeyPair>(await provisionalPair(clock.now()));
  const informer = createInformer<Secret>({
    definition: resources.secrets,
    source: client.secrets,
    namespace,
    fieldSelector: `metadata.name=${secretName}`,
    clock,
    logger,
  });
  informer.listen(({ kind, object }) => {
    if (kind === 'deleted') return;
    const pair = pairInSecret(object);
    const reading = pair === undefined ? undefined : readKeyPair(pair);
    if (reading?.ok === true) value.set(reading.value);
    else logger.warn('the own certificate cannot be used', { secret: `${namespace}/${secretName}` });
  });
  const stop = new AbortController();
  const running = informer.run(stop.signal);
  return {
    get current() {
      return value.current;
    },
    onChange: (listener) => value.onChange(listener),
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}

async function provisionalPair(now: number): Promise<KeyPair> {
  const lifetime = { now, durationMs: yearMs };
  const authority = await createAuthority({ commonName: 'virt-operator-provisional', ...lifetime });
  return issueCertificate(authority, {
    commonName: 'virt-operator',
    usages: ['server'],
    names: ['localhost'],
    ...lifetime,
  });
}
