import { isIPv6 } from 'node:net';

const TLS_PROBLEMS: Record<string, string> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate signed by unknown authority',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificate signed by unknown authority',
  UNABLE_TO_GET_ISSUER_CERT: 'certificate signed by unknown authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificate signed by unknown authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate signed by unknown authority',
  CERT_SIGNATURE_FAILURE: 'certificate signed by unknown authority',
  CERT_HAS_EXPIRED: 'certificate has expired or is not yet valid',
  CERT_NOT_YET_VALID: 'certificate has expired or is not yet valid',
};

/** Why a server could not be reached, in the words that people know from Kubernetes' messages. */
export function transportFailure(error: unknown, { host, port }: { host: string; port: number }): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError' || error.name === 'AbortError') {
    const reason =
      error.name === 'AbortError' && error.cause instanceof Error ? error.cause.name : error.name;
    return reason === 'TimeoutError' ? 'context deadline exceeded' : 'context canceled';
  }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const address = `${isIPv6(host) ? `[${host}]` : host}:${port}`;
  const problem = TLS_PROBLEMS[code];
  if (problem !== undefined) return `tls: failed to verify certificate: x509: ${problem}`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `tls: failed to verify certificate: x509: ${error.message}`;
  if (code === 'ECONNREFUSED') return `dial tcp ${address}: connect: connection refused`;
  if (code === 'ENOTFOUND') return `dial tcp: lookup ${host}: no such host`;
  if (code === 'ECONNRESET') return error.message === 'socket hang up' ? 'EOF' : 'connection reset by peer';
  return error.message;
}
