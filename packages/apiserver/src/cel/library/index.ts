import { functionsOf, type Functions } from '../overloads.ts';
import { AUTHORIZATION } from './authorizer.ts';
import { NAMED_FORMATS } from './formats.ts';
import { LISTS, SETS } from './lists.ts';
import { NETWORK } from './network.ts';
import { QUANTITIES } from './quantity.ts';
import { REGEX } from './regex.ts';
import { SEMVER } from './semver.ts';
import { FUNCTIONS, OPERATORS, OPTIONALS, TIMES } from './standard.ts';
import { STRINGS } from './strings.ts';
import { URLS } from './url.ts';

/** The functions that expressions of Kubernetes may call everywhere. */
export const KUBERNETES_FUNCTIONS: Functions = functionsOf([
  OPERATORS,
  FUNCTIONS,
  TIMES,
  OPTIONALS,
  STRINGS,
  LISTS,
  SETS,
  REGEX,
  URLS,
  NETWORK,
  QUANTITIES,
  SEMVER,
  NAMED_FORMATS,
  AUTHORIZATION,
]);
