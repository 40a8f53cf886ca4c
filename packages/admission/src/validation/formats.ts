const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

const longestLabel = 63;

/** What is wrong with a text as a DNS-1123 label: its length, its characters, or both. */
export function labelFaults(text: string): string[] {
  return [
    ...(text.length > longestLabel ? [`a DNS label has ${longestLabel} characters at most`] : []),
    ...(label.test(text) ? [] : [`"${text}" is not a DNS label`]),
  ];
}

/** A DNS-1123 label. */
export function isDnsLabel(text: string): boolean {
  return labelFaults(text).length === 0;
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

/** A PCI address with its domain, such as 0000:81:00.0. */
export function isPciAddress(text: string): boolean {
  return /^[\da-f]{4}:[\da-f]{2}:[\da-f]{2}\.[0-7]$/i.test(text);
}

/** How many bytes standard base64 with padding stands for, line ends left out; undefined when it is not base64. */
export function base64Size(text: string): number | undefined {
  const characters = text.replaceAll(/[\r\n]/g, '');
  if (characters.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(characters)) return undefined;
  const padding = characters.length - characters.replace(/(?<!=)=+$/, '').length;
  return (characters.length / 4) * 3 - padding;
}

/** How many bytes a text has in UTF-8. */
export function utf8Size(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** An absolute path other than the root that is its own shortest form, but for one slash at its end. */
export function isCleanAbsolutePath(text: string): boolean {
  if (!text.startsWith('/') || text === '/') return false;
  const kept: string[] = [];
  for (const part of text.split('/')) {
    if (part === '..') kept.pop();
    else if (part !== '' && part !== '.') kept.push(part);
  }
  return `/${kept.join('/')}` === (text.endsWith('/') ? text.slice(0, -1) : text);
}
