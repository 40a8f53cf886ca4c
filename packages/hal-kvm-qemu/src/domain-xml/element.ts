import XMLBuilder from 'fast-xml-builder';

/**
 * An XML element as plain data: keys that begin with `@` are attributes, `#text` is text, the rest are child elements;
 * an array repeats its element. `undefined` is left out. The order of siblings carries no meaning to libvirt.
 */
export type XmlElement = {
  [name: string]: XmlElement | XmlElement[] | string | number | undefined;
};

const builder = new XMLBuilder({
  attributeNamePrefix: '@',
  ignoreAttributes: false,
  suppressEmptyNode: true,
  format: true,
  processEntities: true,
});

/** Serialises with everything escaped that XML wants escaped. */
export function toXml(document: XmlElement): string {
  return builder.build(withoutUndefined(document));
}

function withoutUndefined(element: XmlElement): XmlElement {
  const result: XmlElement = {};
  for (const [name, value] of Object.entries(element)) {
    if (value === undefined) continue;
    if (Array.isArray(value)) {
      if (value.length > 0) result[name] = value.map(withoutUndefined);
    } else result[name] = typeof value === 'object' ? withoutUndefined(value) : value;
  }
  return result;
}
