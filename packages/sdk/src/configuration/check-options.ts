import { ApiError } from '../errors.ts';
import type { ConnectOptions } from './options.ts';

const names: Readonly<Record<keyof ConnectOptions, true>> = {
  kubeconfig: true,
  kubeconfigText: true,
  context: true,
  server: true,
  ca: true,
  caFile: true,
  token: true,
  tokenFile: true,
  certificate: true,
  tlsServerName: true,
  insecureSkipTlsVerify: true,
  userAgent: true,
  namespace: true,
  validate: true,
  kubeVirt: true,
  onWarning: true,
  attempts: true,
  maxConnections: true,
  onRequest: true,
};
const validations: ReadonlySet<unknown> = new Set<ConnectOptions['validate']>([
  undefined,
  false,
  'schema',
  'admission',
]);

/**
 * Refuses options that a compiler would refuse, for callers without one: an option that nobody reads would otherwise show as
 * something else, such as no server at all.
 *
 * @throws ApiError `configuration`
 */
export function checkOptions(options: ConnectOptions): void {
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(names, name)) throw unknownOption(name);
  }
  if (!validations.has(options.validate)) {
    throw new ApiError(
      'configuration',
      `validate is ${JSON.stringify(options.validate)}; it can be false, "schema" or "admission"`,
    );
  }
  for (const name of ['ca', 'token'] as const) {
    if (options[name] === undefined || options[`${name}File`] === undefined) continue;
    throw new ApiError('configuration', `give either ${name} or ${name}File`);
  }
  const { certificate, ca, token } = options;
  const pems = { ca, 'certificate.cert': certificate?.cert, 'certificate.key': certificate?.key };
  for (const [name, value] of Object.entries(pems)) {
    if (value === undefined || value.includes('-----BEGIN')) continue;
    throw new ApiError(
      'configuration',
      `${name} is not in PEM form; give the content of the file, not its path`,
    );
  }
  if (token !== undefined && /[^\x21-\x7e]/.test(token)) {
    throw new ApiError(
      'configuration',
      'token has white space in it, perhaps the line end of its file; trim it',
    );
  }
  for (const name of ['attempts', 'maxConnections'] as const) {
    const value = options[name];
    if (value === undefined || (Number.isInteger(value) && value >= 1)) continue;
    throw new ApiError('configuration', `${name} is ${value}; it must be a whole number from 1 on`);
  }
}

function unknownOption(name: string): ApiError {
  const known = Object.keys(names);
  const meant = known.find((one) => one.toLowerCase() === name.toLowerCase());
  const advice = meant === undefined ? `the options are ${known.join(', ')}` : `did you mean "${meant}"?`;
  return new ApiError('configuration', `connect has no option "${name}"; ${advice}`);
}
