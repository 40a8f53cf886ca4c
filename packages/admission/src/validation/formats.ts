const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/** A DNS-1123 label. */
export function isDnsLabel(text: string): boolean {
  return text.length <= 63 && label.test(text);
}

/** A DNS-1123 subdomain: labels joined by dots, 253 characters at most. */
export function isDnsSubdomain(text: string): boolean {
  return text.length <= 253 && text.split('.').every((part) => label.test(part));
}

/** A name that Kubernetes calls qualified: an optional DNS subdomain and a slash before 63 characters. */
export function isQualifiedName(text: string): boolean {
  const [name = '', prefix, ...rest] = text.split('/').reverse();
  return (
    rest.length === 0 &&
    (prefix === undefined || isDnsSubdomain(prefix)) &&
    name.length <= 63 &&
    /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/.test(name)
  );
}

/** The name of a port: 15 characters, a letter among them. */
export function isPortName(text: string): boolean {
  return (
    text.length <= 15 &&
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(text) &&
    /[a-z]/.test(text) &&
    !text.includes('--')
  );
}

/** A MAC address of six octets, with colons, hyphens, or in three groups with dots. */
export function isMacAddress(text: string): boolean {
  return (
    /^[\da-f]{2}(:[\da-f]{2}){5}$/i.test(text) ||
    /^[\da-f]{2}(-[\da-f]{2}){5}$/i.test(text) ||
    /^[\da-f]{4}(\.[\da-f]{4}){2}$/i.test(text)
  );
}

/** Standard base64 with padding. */
export function isBase64(text: string): boolean {
  return /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(
    text.replaceAll(/[\r\n]/g, ''),
  );
}

/** An absolute path below the root without `.`, `..` and empty parts; one slash at its end is let pass. */
export function isCleanAbsolutePath(text: string): boolean {
  const path = text.replace(/\/$/, '');
  return (
    path.startsWith('/') &&
    path
      .slice(1)
      .split('/')
      .every((part) => part !== '' && part !== '.' && part !== '..')
  );
}

/** Whether `text` matches a shell pattern with `*`, `?` and `[..]`. */
export function matchesGlob(text: string, pattern: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  try {
    return new RegExp(`^${source}$`).test(text);
  } catch (error) {
    // An unfinished `[` in a cluster's pattern matches nothing.
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
