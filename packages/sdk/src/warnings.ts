/** Something that the caller should know though the request was not refused. */
export type ApiWarning =
  /** A `Warning` header of an answer: what kubectl prints. */
  | {
      readonly source: 'server';
      readonly text: string;
      readonly method: string;
      /** Path of the request, without its query. */
      readonly path: string;
    }
  /**
   * From validation before a request is sent. `admission`: what the server would have sent with the refusal, as nothing is
   * sent then. `undecided`: why it was left to the server to judge an object, such as a look-up that is not allowed.
   */
  | {
      readonly source: 'admission' | 'undecided';
      readonly text: string;
      readonly kind: string;
      /** Undefined for kinds without namespaces. */
      readonly namespace: string | undefined;
      /** Undefined for an object whose name the server generates. */
      readonly name: string | undefined;
    };

/** Takes warnings as they come. What it throws fails the call that it was told of. */
export type WarningHandler = (warning: ApiWarning) => void;

/**
 * Without a handler warnings of the server are dropped; what validation could not decide becomes a process warning, once for
 * each text, because whoever asked for validation would otherwise not learn that there was none.
 */
export function defaultWarningHandler(): WarningHandler {
  const told = new Set<string>();
  return ({ source, text }) => {
    if (source !== 'undecided' || told.has(text) || told.size >= mostTold) return;
    told.add(text);
    process.emitWarning(text, 'VirtkitWarning');
  };
}

/** Different texts that one client makes process warnings of. */
const mostTold = 100;

/** One warning of a header: code, agent, quoted text (RFC 7234, section 5.5). */
const warningPattern = /(\d{3}) \S+ "((?:[^"\\]|\\.)*)"/g;

/** The texts of `Warning` headers; of all codes only 299, a lasting warning, is used by Kubernetes. */
export function warningTexts(header: string | undefined): string[] {
  if (header === undefined) return [];
  return [...header.matchAll(warningPattern)]
    .filter(([, code]) => code === '299')
    .map(([, , text = '']) => text.replaceAll(/\\(.)/g, '$1'));
}
