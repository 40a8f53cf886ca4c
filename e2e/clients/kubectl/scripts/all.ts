import type { Script } from '../script.ts';
import { access } from './access.ts';
import { apply, serverSide, sets } from './apply.ts';
import { edit, labels, patch, replace } from './change.ts';
import { generators, validation } from './create.ts';
import { cascade, deletion } from './delete.ts';
import { get, watch } from './get.ts';
import { describe, discovery, explain } from './inform.ts';
import { operate, wait, waitInVain, workloads } from './operate.ts';

/** All scripts; those that wait come first. */
export const scripts: readonly Script[] = [
  waitInVain,
  deletion,
  cascade,
  workloads,
  wait,
  watch,
  get,
  generators,
  validation,
  apply,
  serverSide,
  sets,
  edit,
  patch,
  labels,
  replace,
  describe,
  explain,
  discovery,
  access,
  operate,
];
