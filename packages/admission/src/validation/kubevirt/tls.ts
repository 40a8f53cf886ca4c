import { jsonEqual } from '@virtkit/core-types';
import { notSupported } from '../finding.ts';
import { configurationsOf, type KubeVirtUpdate, type KubeVirtUpdateRule } from './subject.ts';

/** Cipher suites that Go's TLS knows, by their IANA names: those it recommends, then those it does not. */
const suites: ReadonlySet<string> = new Set([
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA',
  'TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA',
  'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA',
  'TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA',
  'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
  'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
  'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
  'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
  'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256',
  'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256',
  'TLS_RSA_WITH_RC4_128_SHA',
  'TLS_RSA_WITH_3DES_EDE_CBC_SHA',
  'TLS_RSA_WITH_AES_128_CBC_SHA',
  'TLS_RSA_WITH_AES_256_CBC_SHA',
  'TLS_RSA_WITH_AES_128_CBC_SHA256',
  'TLS_RSA_WITH_AES_128_GCM_SHA256',
  'TLS_RSA_WITH_AES_256_GCM_SHA384',
  'TLS_ECDHE_ECDSA_WITH_RC4_128_SHA',
  'TLS_ECDHE_RSA_WITH_RC4_128_SHA',
  'TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA',
  'TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256',
  'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256',
]);

const field = 'spec.configuration.tlsConfiguration.ciphers';

/** How components speak TLS; looked at when it changes. */
export const tlsRules: readonly KubeVirtUpdateRule[] = [
  {
    id: 'KVU-11',
    *check(update) {
      const { minTLSVersion = '' } = configurationsOf(update).after.tlsConfiguration ?? {};
      if (ciphersToJudge(update).length > 0 && ['', 'VersionTLS13'].includes(minTLSVersion))
        yield notSupported(field, 'ciphers can be chosen where the least version is given and below TLS 1.3');
    },
  },
  {
    id: 'KVU-12',
    *check(update) {
      for (const [index, cipher] of ciphersToJudge(update).entries())
        if (!suites.has(cipher))
          yield notSupported(`${field}#${index}`, `there is no cipher suite "${cipher}"`);
    },
  },
];

function ciphersToJudge(update: KubeVirtUpdate): readonly string[] {
  const { before, after } = configurationsOf(update);
  const changed = !jsonEqual(before.tlsConfiguration, after.tlsConfiguration);
  return changed ? (after.tlsConfiguration?.ciphers ?? []) : [];
}
