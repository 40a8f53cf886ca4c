import type { ListedDifference } from './listed.ts';

const begin = '<!-- listed differences: made by e2e/differential/main.ts document -->';
const end = '<!-- end of the listed differences -->';

/**
 * The text with its lists of differences made anew, each under its title.
 * @throws Error if it has no place for them
 */
export function withListed(
  text: string,
  sections: Readonly<Record<string, readonly ListedDifference[]>>,
): string {
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the text needs the lines ${begin} and ${end}`);
  const parts = Object.entries(sections).map(
    ([title, listed]) => `## ${title}\n\n${listed.map(({ what, why }) => `- **${what}** ${why}`).join('\n')}`,
  );
  return `${text.slice(0, from)}${begin}\n\n${parts.join('\n\n')}\n\n${text.slice(to)}`;
}
