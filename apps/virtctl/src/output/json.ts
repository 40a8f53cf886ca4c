/** JSON as upstream's commands print it: two spaces of indentation. */
export function indentedJson(value: unknown): string {
  return JSON.stringify(value, undefined, 2);
}
