import { z } from 'zod';

/** An installed package, as dpkg's status file has it. */
export const debianPackageSchema = z.object({
  name: z.string(),
  version: z.string(),
  architecture: z.string(),
  /** Name and, where it differs, version of the source package. */
  source: z.object({ name: z.string(), version: z.string() }),
  maintainer: z.string(),
  homepage: z.string().optional(),
});
export type DebianPackage = z.output<typeof debianPackageSchema>;

/** Reads dpkg's status file (deb822: paragraphs of `Field: value`, further lines are indented). Installed packages only, by name. */
export function parseDpkgStatus(text: string): DebianPackage[] {
  return text
    .split(/\n{2,}/)
    .map(fieldsOf)
    .filter((fields) => fields.get('Status')?.endsWith(' installed') === true)
    .map((fields) => {
      const field = (name: string) => fields.get(name) ?? '';
      const source = /^(\S+)(?: \((.*)\))?$/.exec(field('Source'));
      const homepage = fields.get('Homepage');
      return {
        name: field('Package'),
        version: field('Version'),
        architecture: field('Architecture'),
        source: { name: source?.[1] ?? field('Package'), version: source?.[2] ?? field('Version') },
        maintainer: field('Maintainer'),
        ...(homepage !== undefined && { homepage }),
      };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function fieldsOf(paragraph: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of paragraph.split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0 && !line.startsWith(' ')) fields.set(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  return fields;
}
