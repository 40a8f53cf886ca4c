import { XMLParser } from 'fast-xml-parser';

/** An element: `@name` for attributes, `#text`, and lists of children by name. */
export interface Element {
  [name: string]: string | Element[];
}

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseAttributeValue: false,
  parseTagValue: false,
  alwaysCreateTextNode: true,
  isArray: (_name, _path, _leaf, isAttribute) => !isAttribute,
});

export function parseDomain(xml: string): Element {
  const document = parser.parse(xml) as { domain: Element[] };
  return document.domain[0]!;
}

/**
 * The content at `a/b[1]/c@attribute`, or of the element when no attribute is named; undefined when it is not there. With
 * `#count` at the end how many elements there are.
 */
export function select(domain: Element, path: string): string | number | undefined {
  const [elements = '', attribute] = path.split('@');
  const counting = elements.endsWith('#count');
  let found = [domain];
  for (const step of elements.replace('#count', '').split('/').filter(Boolean)) {
    const [, name = '', index] = /^([^[]+)(?:\[(\d+)\])?$/.exec(step) ?? [];
    const children = found.flatMap((element) => {
      const child = element[name];
      return Array.isArray(child) ? child : [];
    });
    found = index === undefined ? children : children.slice(Number(index), Number(index) + 1);
  }
  if (counting) return found.length;
  const [element] = found;
  if (element === undefined) return undefined;
  const value = element[attribute === undefined ? '#text' : `@${attribute}`];
  return typeof value === 'string' ? value.trim() : undefined;
}
