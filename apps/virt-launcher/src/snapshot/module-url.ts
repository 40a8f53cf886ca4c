/**
 * Stands in for `import.meta.url`, which the script of a snapshot does not have (see tsup.snapshot.config.ts). Set once,
 * before anything asks.
 */
export let moduleUrl = 'file:///';

/** Says where the program is, as a `file:` URL of its script. */
export function placeModules(url: string): void {
  moduleUrl = url;
}
