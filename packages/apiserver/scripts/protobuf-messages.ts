/**
 * Writes src/protobuf/message-table.ts: `node packages/apiserver/scripts/protobuf-messages.ts` in a folder with a go.mod that requires
 * k8s.io/api. Numbers and names of the fields are in the tags of Go's types, and so is what generated.proto does not tell:
 * which zero values mean something.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const packages = [
  ...[
    'core',
    'apps',
    'batch',
    'networking',
    'policy',
    'coordination',
    'discovery',
    'events',
    'rbac',
    'storage',
  ],
  ...['scheduling', 'admissionregistration', 'authentication', 'authorization', 'autoscaling'],
].map((group): [module: string, path: string] => ['k8s.io/api', `${group}/v1`]);
packages.push(['k8s.io/api', 'autoscaling/v2'], ['k8s.io/apimachinery', 'pkg/apis/meta/v1']);

interface GoField {
  readonly name: string;
  readonly number: string;
  readonly type: string;
  readonly inline: boolean;
  readonly keepsZero: boolean;
}
interface GoType {
  readonly imports: ReadonlyMap<string, string>;
  readonly path: string;
  /** Of a struct. */
  readonly fields?: GoField[];
  /** Of anything else. */
  readonly is?: string;
  readonly isKind?: boolean;
}

const folders = new Map(
  ['k8s.io/api', 'k8s.io/apimachinery'].map((module) => [
    module,
    execFileSync('go', ['list', '-m', '-f', '{{.Dir}} {{.Version}}', module], { encoding: 'utf8' })
      .trim()
      .split(' ') as [string, string],
  ]),
);

/** All types of the packages, by `path.Name`. */
const types = new Map<string, GoType>();
for (const [module, path] of packages) {
  const folder = join(folders.get(module)![0], path);
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.go') && !name.endsWith('_test.go')))
    readTypes(`${module}/${path}`, readFileSync(join(folder, file), 'utf8'));
}

function readTypes(path: string, source: string): void {
  const imports = new Map(
    [...source.matchAll(/^\t(?:(\w+) )?"([\w./-]+)"$/gm)].map(([, alias, from]) => [
      alias ??
        from!
          .replace(/\/v\d\w*$/, '')
          .split('/')
          .at(-1)!,
      from!,
    ]),
  );
  for (const [, name, body] of source.matchAll(/^type (\w+) struct \{\n([\s\S]*?)^\}/gm)) {
    const fields = [...body!.matchAll(/^\t(?:(\w+)[ \t]+)?([\w.*[\]]+)[ \t]+`([^`]*)`/gm)].flatMap(
      ([, , type, tags]) => {
        const protobuf = /protobuf:"\w+,(\d+),/.exec(tags!)?.[1];
        const json = /json:"([^"]*)"/.exec(tags!)?.[1]?.split(',');
        if (protobuf === undefined || json === undefined) return [];
        const omits = json.includes('omitempty') || json.includes('omitzero');
        return [
          {
            name: json[0]!,
            number: protobuf,
            type: type!.replace(/^\*/, ''),
            inline: json.includes('inline'),
            keepsZero: type!.startsWith('*') || !omits,
          },
        ];
      },
    );
    const isKind = /TypeMeta[ \t]+`json:",inline"/.test(body!) && !name!.endsWith('List');
    types.set(`${path}.${name}`, { imports, path, fields, isKind });
  }
  for (const [, name, is] of source.matchAll(/^type (\w+) ([\w.[\]]+)$/gm))
    if (is !== 'struct') types.set(`${path}.${name}`, { imports, path, is: is! });
}

const scalars: Readonly<Record<string, string>> = {
  string: 'string',
  bool: 'boolean',
  int32: 'number',
  int64: 'number',
  int: 'number',
  '[]byte': 'bytes',
  'k8s.io/apimachinery/pkg/types.UID': 'string',
  'k8s.io/apimachinery/pkg/types.NodeName': 'string',
  'k8s.io/apimachinery/pkg/api/resource.Quantity': 'quantity',
  'k8s.io/apimachinery/pkg/util/intstr.IntOrString': 'int-or-string',
  'k8s.io/apimachinery/pkg/runtime.RawExtension': 'json',
  'k8s.io/apimachinery/pkg/apis/meta/v1.FieldsV1': 'json',
  'k8s.io/apimachinery/pkg/apis/meta/v1.Time': 'time',
  'k8s.io/apimachinery/pkg/apis/meta/v1.MicroTime': 'micro-time',
};

const shortName = (full: string): string => full.replace(/^k8s\.io\/(api|apimachinery\/pkg\/apis)\//, '');
const lines = new Map<string, string>();

/** What a type is called in the table; messages that it needs are added. */
function nameOf(type: string, from: GoType): string {
  if (type in scalars) return scalars[type]!;
  if (type.startsWith('[]')) return `[]${nameOf(type.slice(2), from)}`;
  const map = /^map\[[\w.]+\](.+)$/.exec(type)?.[1];
  if (map !== undefined) return `{}${nameOf(map, from)}`;
  const [alias, name] = type.includes('.') ? type.split('.') : [undefined, type];
  const full = `${alias === undefined ? from.path : from.imports.get(alias)}.${name}`;
  if (full in scalars) return scalars[full]!;
  const found = types.get(full);
  if (found === undefined) throw new Error(`${full}, which ${from.path} needs, is not known`);
  if (found.is !== undefined) return nameOf(found.is, found);
  addMessage(full, found);
  return shortName(full);
}

function addMessage(full: string, type: GoType): void {
  const name = shortName(full);
  if (lines.has(name)) return;
  lines.set(name, '');
  const fields = type.fields!.map(
    (field) =>
      `${field.number}${field.inline ? '~' : field.keepsZero ? '!' : ''} ${field.name} ${nameOf(field.type, type)}`,
  );
  lines.set(name, [name, ...fields].join(', '));
}

/** Kinds that the server does not serve, or that are no objects. */
const left = new RegExp(
  '/(ComponentStatus|PodTemplate|RangeAllocation|ReplicationController|PodStatusResult|SerializedReference|CSI\\w+|Volume\\w+|' +
    'IPAddress|ServiceCIDR|MutatingAdmission\\w+|Status|Table|API\\w+|\\w+Event|PartialObjectMetadata|(?!Delete)\\w*Options)$',
);
for (const [full, type] of types)
  if (type.isKind === true && !left.test(full.replaceAll('.', '/'))) addMessage(full, type);

const version = folders.get('k8s.io/api')![1];
const target = join(import.meta.dirname, '../src/protobuf/message-table.ts');
writeFileSync(
  target,
  `// Written by scripts/protobuf-messages.ts, from k8s.io/api ${version}.

/**
 * The messages of built-in kinds, a line each: the name, then number, JSON name and type of each field. A number with \`!\` is of a field
 * whose zero value means something; one with \`~\` is of a message whose members JSON has in the place of the field.
 */
export const MESSAGE_TABLE = \`
${[...lines.values()].sort().join('\n')}
\`;
`,
);
