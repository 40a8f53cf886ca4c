import * as backup from './backup.ts';
import * as cdi from './cdi.ts';
import * as clone from './clone.ts';
import * as exports from './export.ts';
import * as forklift from './forklift.ts';
import * as instancetype from './instancetype.ts';
import * as kubernetes from './kubernetes.ts';
import * as kubevirt from './kubevirt.ts';
import * as migrations from './migrations.ts';
import * as plugin from './plugin.ts';
import * as pool from './pool.ts';
import * as snapshot from './snapshot.ts';
import * as template from './template.ts';
import * as upload from './upload.ts';

/** Every kind that Virtkit knows, by plural name. */
export const resources = {
  ...kubernetes,
  ...kubevirt,
  ...instancetype,
  ...pool,
  ...migrations,
  ...snapshot,
  ...clone,
  ...exports,
  ...backup,
  ...plugin,
  ...template,
  ...cdi,
  ...upload,
  ...forklift,
} as const;
