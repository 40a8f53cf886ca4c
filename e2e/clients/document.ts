import type { ListedDifference } from '../differential/listed.ts';
import { listedForClientNode } from './client-node/listed-for-client-node.ts';
import { listedForKubectl } from './kubectl/listed-for-kubectl.ts';
import { listedForClientGo } from './listed-for-client-go.ts';

const begin = '<!-- what clients see: made by e2e/clients/main.ts document -->';
const end = '<!-- end of what clients see -->';

/** The text of docs/embedded-api-server.md with its table of what clients see made anew. @throws Error if it has no place for it */
export function withClientsTable(text: string): string {
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the text needs the lines ${begin} and ${end}`);
  const rows = [
    ['seen by', 'what differs', 'why'],
    ['---', '---', '---'],
    ...rowsOf('kubectl', listedForKubectl),
    ...rowsOf('client-go', listedForClientGo),
    ...rowsOf('@kubernetes/client-node', listedForClientNode),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) => {
    const cells = row.map((cell, column) => cell.padEnd(widths[column]!, cell === '---' ? '-' : ' '));
    return `| ${cells.join(' | ')} |`;
  });
  return `${text.slice(0, from)}${begin}\n\n${lines.join('\n')}\n\n${text.slice(to)}`;
}

function rowsOf(client: string, listed: readonly ListedDifference[]): string[][] {
  return listed.map(({ what, why }) => [client, what, why]);
}
