import type { ListedDifference } from './listed.ts';

const begin = '<!-- listed differences: made by e2e/differential/main.ts document -->';
const end = '<!-- end of the listed differences -->';

/** The text with its list of differences made anew. @throws Error if it has no place for them */
export function withListed(text: string, listed: readonly ListedDifference[]): string {
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the text needs the lines ${begin} and ${end}`);
  const items = listed.map(({ what, why }) => `- **${what}** ${why}`);
  return `${text.slice(0, from)}${begin}\n\n${items.join('\n')}\n\n${text.slice(to)}`;
}
