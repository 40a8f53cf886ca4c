// `authorizer.group('apps').resource('deployments').namespace('a').check('create').allowed()`.
import { NO_SUCH_OVERLOAD, CelFault } from '../errors.ts';
import type { LibrarySource } from '../overloads.ts';
import type { Opaque } from '../values.ts';
import { of } from './standard.ts';

/** What somebody wants to do; members that do not apply are empty strings. */
interface AccessQuestion {
  /** A service account to ask for instead of the requesting user. */
  readonly serviceAccount: { readonly namespace: string; readonly name: string } | undefined;
  readonly verb: string;
  readonly target:
    | { readonly path: string }
    | {
        readonly group: string;
        readonly version: string;
        readonly namespace: string;
        readonly resource: string;
        readonly subresource: string;
        readonly name: string;
      };
}

/** Answers whether it is allowed, and why. */
export type AccessCheck = (question: AccessQuestion) => {
  readonly allowed: boolean;
  readonly reason: string;
};

const PREFIX = 'kubernetes.authorization';
const AUTHORIZER = `${PREFIX}.Authorizer`;
const PATH = `${PREFIX}.PathCheck`;
const GROUP = `${PREFIX}.GroupCheck`;
const RESOURCE = `${PREFIX}.ResourceCheck`;
const DECISION = `${PREFIX}.Decision`;

type Question = Omit<AccessQuestion, 'verb'>;

/** A question that is not complete yet, by the type that tells what may be added. */
class Asking implements Opaque {
  readonly kind = 'opaque';
  readonly type: string;
  readonly check: AccessCheck;
  readonly question: Question;

  constructor(type: string, check: AccessCheck, question: Question) {
    this.type = type;
    this.check = check;
    this.question = question;
  }

  equals(other: Opaque): boolean {
    return other === this;
  }

  about(type: string, target: Partial<AccessQuestion['target']>): Asking {
    return new Asking(type, this.check, {
      ...this.question,
      target: { ...this.question.target, ...target },
    });
  }
}

class Decided implements Opaque {
  readonly kind = 'opaque';
  readonly type = DECISION;
  readonly allowed: boolean;
  readonly reason: string;

  constructor({ allowed, reason }: ReturnType<AccessCheck>) {
    this.allowed = allowed;
    this.reason = reason;
  }

  equals(other: Opaque): boolean {
    return other === this;
  }
}

const NOWHERE = { group: '', version: '*', namespace: '', resource: '', subresource: '', name: '' };

/** What `authorizer` stands for where a request is judged. */
export function authorizerValue(check: AccessCheck): Opaque {
  return new Asking(AUTHORIZER, check, { serviceAccount: undefined, target: NOWHERE });
}

/** The value of `authorizer.requestResource`. */
export function resourceCheckValue(check: AccessCheck, target: Partial<typeof NOWHERE>): Opaque {
  return new Asking(RESOURCE, check, { serviceAccount: undefined, target: { ...NOWHERE, ...target } });
}

const check = of((asking: Asking, verb: string) => new Decided(asking.check({ ...asking.question, verb })));

function selectorsUnsupported(): never {
  throw new CelFault(`${NO_SUCH_OVERLOAD}: selectors are not authorized by this server`);
}

/** `authorizer.path('/x').check('get').allowed()` and the like. */
export const AUTHORIZATION: LibrarySource = {
  path: { [`${AUTHORIZER}.(string) ${PATH}`]: of((asking: Asking, path: string) => asked(asking, path)) },
  group: {
    [`${AUTHORIZER}.(string) ${GROUP}`]: of((asking: Asking, group: string) =>
      asking.about(GROUP, { group }),
    ),
  },
  serviceAccount: {
    [`${AUTHORIZER}.(string, string) ${AUTHORIZER}`]: of(
      (asking: Asking, namespace: string, name: string) =>
        new Asking(AUTHORIZER, asking.check, { ...asking.question, serviceAccount: { namespace, name } }),
    ),
  },
  resource: {
    [`${GROUP}.(string) ${RESOURCE}`]: of((asking: Asking, resource: string) =>
      asking.about(RESOURCE, { resource }),
    ),
  },
  subresource: {
    [`${RESOURCE}.(string) ${RESOURCE}`]: of((asking: Asking, subresource: string) =>
      asking.about(RESOURCE, { subresource }),
    ),
  },
  namespace: {
    [`${RESOURCE}.(string) ${RESOURCE}`]: of((asking: Asking, namespace: string) =>
      asking.about(RESOURCE, { namespace }),
    ),
  },
  name: {
    [`${RESOURCE}.(string) ${RESOURCE}`]: of((asking: Asking, name: string) =>
      asking.about(RESOURCE, { name }),
    ),
  },
  fieldSelector: { [`${RESOURCE}.(string) ${RESOURCE}`]: selectorsUnsupported },
  labelSelector: { [`${RESOURCE}.(string) ${RESOURCE}`]: selectorsUnsupported },
  check: { [`${PATH}.(string) ${DECISION}`]: check, [`${RESOURCE}.(string) ${DECISION}`]: check },
  allowed: { [`${DECISION}.() bool`]: of((decided: Decided) => decided.allowed) },
  reason: { [`${DECISION}.() string`]: of((decided: Decided) => decided.reason) },
  errored: { [`${DECISION}.() bool`]: () => false },
  error: { [`${DECISION}.() string`]: () => '' },
};

function asked(asking: Asking, path: string): Asking {
  return new Asking(PATH, asking.check, { ...asking.question, target: { path } });
}
