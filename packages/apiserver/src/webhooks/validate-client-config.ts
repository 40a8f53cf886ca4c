import { X509Certificate } from 'node:crypto';
import type { StatusCause } from '../errors.ts';
import { membersOf, stringOf } from '../object/json.ts';
import { nameProblem } from '../object/names.ts';
import { Causes } from './causes.ts';

const FORM = '; desired format: https://host[/path]';

/** Violations in the clientConfig of a webhook. As in Kubernetes, admission webhooks may have any `caBundle`. */
export function validateClientConfig(
  config: unknown,
  path: string,
  { checksBundle = false } = {},
): StatusCause[] {
  const causes = new Causes();
  const { url, service, caBundle } = membersOf(config);
  if ((url === undefined) === (service === undefined))
    causes.required(path, 'exactly one of url or service is required');
  else if (url !== undefined) validateUrl(causes, stringOf(url), `${path}.url`);
  else validateServiceReference(causes, service, `${path}.service`);
  if (checksBundle && caBundle !== undefined)
    validateCaBundle(causes, stringOf(caBundle), `${path}.caBundle`);
  return causes.list;
}

function validateUrl(causes: Causes, text: string, path: string): void {
  if (!URL.canParse(text)) {
    if (/^[a-z][-+.a-z0-9]*:/i.test(text)) causes.required(path, `url must be a valid URL${FORM}`);
    else {
      causes.invalid(path, '', `'https' is the only allowed URL scheme${FORM}`);
      causes.invalid(path, '', `host must be specified${FORM}`);
    }
    return;
  }
  const url = new URL(text);
  const scheme = url.protocol.slice(0, -1);
  if (scheme !== 'https') causes.invalid(path, scheme, `'https' is the only allowed URL scheme${FORM}`);
  if (url.host === '' || /^[^:]*:\/\/\//.test(text))
    causes.invalid(path, '', `host must be specified${FORM}`);
  const user = url.password === '' ? url.username : `${url.username}:${url.password}`;
  if (user !== '') causes.invalid(path, user, 'user information is not permitted in the URL');
  if (url.hash !== '') causes.invalid(path, url.hash.slice(1), 'fragments are not permitted in the URL');
  if (url.search !== '')
    causes.invalid(path, url.search.slice(1), 'query parameters are not permitted in the URL');
}

/** Violations in a reference to a Service that is called. */
function validateServiceReference(causes: Causes, service: unknown, path: string): void {
  const { name, namespace, path: urlPath, port } = membersOf(service);
  if (stringOf(name) === '') causes.required(`${path}.name`);
  if (stringOf(namespace) === '') causes.required(`${path}.namespace`);
  const number = Number(port ?? 443);
  if (number < 1 || number > 65535)
    causes.invalid(`${path}.port`, number, 'port is not valid: must be between 1 and 65535, inclusive');
  validatePath(causes, stringOf(urlPath), `${path}.path`);
}

function validatePath(causes: Causes, path: string, field: string): void {
  if (path === '' || path === '/') return;
  if (path === '//') {
    causes.invalid(field, path, 'segment[0] may not be empty');
    return;
  }
  if (!path.startsWith('/')) causes.invalid(field, path, "must start with a '/'");
  const inner = path.slice(1);
  const segments = (inner.endsWith('/') ? inner.slice(0, -1) : inner).split('/');
  segments.forEach((segment, index) => {
    if (segment === '') {
      causes.invalid(field, path, `segment[${index}] may not be empty`);
      return;
    }
    const problem = nameProblem(segment, 'dns-subdomain');
    if (problem !== undefined) causes.invalid(field, path, `segment[${index}]: ${problem}`);
  });
}

/** Reports a bundle that is not empty and does not begin with a certificate. */
function validateCaBundle(causes: Causes, bundle: string, field: string): void {
  if (bundle === '') return;
  try {
    new X509Certificate(Buffer.from(bundle, 'base64'));
  } catch (error) {
    causes.invalid(field, '<certificates>', `unable to load root certificates: ${String(error)}`);
  }
}
