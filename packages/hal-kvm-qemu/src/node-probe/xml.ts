import { XMLParser } from 'fast-xml-parser';
import { z } from 'zod';

/** An element: its attributes, its text, and its child elements by name. */
export interface XmlNode {
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
  readonly children: Readonly<Record<string, readonly XmlNode[]>>;
}

/** fast-xml-parser's ordered form: a list of `{ name: children, ':@': attributes }` and `{ '#text': ... }`. */
const Ordered: z.ZodType<OrderedItem[]> = z.lazy(() => z.array(Item));
interface OrderedItem {
  name: string;
  attributes: Record<string, string>;
  content: string | OrderedItem[];
}
const Item: z.ZodType<OrderedItem> = z.record(z.string(), z.unknown()).transform((raw) => {
  const name = Object.keys(raw).find((key) => key !== ':@') ?? '';
  const attributes = z.record(z.string(), z.string()).parse(raw[':@'] ?? {});
  const content = name === '#text' ? z.string().parse(raw[name]) : Ordered.parse(raw[name]);
  return { name, attributes, content };
});

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  ignoreDeclaration: true,
});

/**
 * Parses a document that libvirt wrote, so that it is well-formed is taken for granted.
 * @throws SyntaxError when its root element has another name
 */
export function parseXml(xml: string, rootName: string): XmlNode {
  const root = Ordered.parse(parser.parse(xml)).find((item) => item.name === rootName);
  if (root === undefined) throw new SyntaxError(`the document has no <${rootName}>`);
  return toNode(root);
}

function toNode(item: OrderedItem): XmlNode {
  const children: Record<string, XmlNode[]> = {};
  let content = '';
  for (const one of typeof item.content === 'string' ? [] : item.content) {
    if (typeof one.content === 'string') content += one.content;
    else (children[one.name] ??= []).push(toNode(one));
  }
  return { attributes: item.attributes, text: content.trim(), children };
}

/** The child elements of this name, in order. */
export function all(node: XmlNode | undefined, name: string): readonly XmlNode[] {
  return node?.children[name] ?? [];
}

/** The first child element of this name. */
export function child(node: XmlNode | undefined, name: string): XmlNode | undefined {
  return node?.children[name]?.[0];
}

export function attribute(node: XmlNode | undefined, name: string): string | undefined {
  return node?.attributes[name];
}

/** The text of an element or of its first child of this name; undefined when empty or absent. */
export function text(node: XmlNode | undefined, name?: string): string | undefined {
  const found = name === undefined ? node : child(node, name);
  return found === undefined || found.text === '' ? undefined : found.text;
}
