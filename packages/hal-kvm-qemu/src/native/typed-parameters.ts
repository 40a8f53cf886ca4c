import type { TypedParameterInput } from './binding.ts';

/**
 * libvirt's typed parameters as a plain object: keys are libvirt's field names (`cpu.time`, `block.0.name`, ...; see the
 * libvirt API reference of the call), 64-bit integers are numbers (exact to 2^53, rounded above).
 */
export type TypedParameters = Record<string, number | boolean | string | string[]>;

type ParameterType = TypedParameterInput['type'];

/** libvirt's `VIR_MIGRATE_PARAM_*` fields and their wire types (libvirt-domain.h). */
const MIGRATION = {
  migrate_uri: 'string',
  destination_name: 'string',
  destination_xml: 'string',
  persistent_xml: 'string',
  /** MiB/s. */
  bandwidth: 'ullong',
  /** MiB/s. */
  'bandwidth.postcopy': 'ullong',
  graphics_uri: 'string',
  listen_address: 'string',
  /** Target names (`vda`) of the disks to copy. */
  migrate_disks: 'string[]',
  disks_port: 'int',
  disks_uri: 'string',
  /** `mt`, `xbzrle`, `zlib`, `zstd`; several may be given. */
  compression: 'string[]',
  'compression.mt.level': 'int',
  'compression.mt.threads': 'int',
  'compression.mt.dthreads': 'int',
  'compression.xbzrle.cache': 'ullong',
  /** Percent. */
  'auto_converge.initial': 'int',
  /** Percent. */
  'auto_converge.increment': 'int',
  'parallel.connections': 'int',
  'tls.destination': 'string',
} as const satisfies Record<string, ParameterType | 'string[]'>;

interface JavaScriptType {
  string: string;
  'string[]': readonly string[];
  int: number;
  ullong: number;
}

/** Parameters of a migration, by libvirt's own names (`VIR_MIGRATE_PARAM_*`). */
export type MigrationParameters = {
  readonly [K in keyof typeof MIGRATION]?: JavaScriptType[(typeof MIGRATION)[K]];
};

/** Gives each migration parameter the wire type that libvirt expects for it. Absent values are left out. */
export function migrationParameters(parameters: MigrationParameters): TypedParameterInput[] {
  const result: TypedParameterInput[] = [];
  for (const [name, type] of Object.entries(MIGRATION)) {
    const value = parameters[name as keyof typeof MIGRATION];
    if (value === undefined) continue;
    if (typeof value === 'object') for (const one of value) result.push({ name, type: 'string', value: one });
    else result.push({ name, type: type === 'string[]' ? 'string' : type, value });
  }
  return result;
}
