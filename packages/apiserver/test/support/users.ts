import type { ControlPlane } from '../../src/index.ts';
import type { Client } from './client.ts';

export const RBAC = '/apis/rbac.authorization.k8s.io/v1';

export interface Rule {
  verbs: string[];
  apiGroups?: string[];
  resources?: string[];
  resourceNames?: string[];
  nonResourceURLs?: string[];
}

/** A rule of the core group; verbs and resources are separated by spaces. */
export function rule(verbs: string, resources: string, more: Partial<Rule> = {}): Rule {
  return { verbs: verbs.split(' '), apiGroups: [''], resources: resources.split(' '), ...more };
}

/** Makes users of their own for tests. */
export class Users {
  readonly #plane: ControlPlane;
  readonly #client: Client;
  #count = 0;

  constructor(plane: ControlPlane, client: Client) {
    this.#plane = plane;
    this.#client = client;
  }

  /** A new user with these rules in a namespace (or in the whole cluster), and his token. */
  async with(
    rules: Rule[],
    { namespace = 'default', cluster = false } = {},
  ): Promise<{ name: string; token: string }> {
    this.#count += 1;
    const name = `user-${this.#count}`;
    const place = cluster ? RBAC : `${RBAC}/namespaces/${namespace}`;
    const prefix = cluster ? 'cluster' : '';
    const role = await this.#client.post(`${place}/${prefix}roles`, { metadata: { name }, rules });
    const binding = await this.#client.post(`${place}/${prefix}rolebindings`, {
      metadata: { name },
      subjects: [{ kind: 'User', name }],
      roleRef: { kind: cluster ? 'ClusterRole' : 'Role', name },
    });
    if (role.status !== 201 || binding.status !== 201)
      throw new Error(`no rights for ${name}: ${JSON.stringify([role.body, binding.body])}`);
    return { name, token: this.#plane.issueToken({ name }) };
  }
}
