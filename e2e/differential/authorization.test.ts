import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitUntil } from '@virtkit/testing';
import { startBoth, type Both } from './both.ts';
import { questions, rbacGroup, rights, type Question, type RbacObject } from './authorization/world.ts';
import type { Target } from './target.ts';

let both: Both;

beforeAll(async () => {
  both = await startBoth();
});

afterAll(async () => {
  await both[Symbol.asyncDispose]();
});

interface Status {
  readonly code?: number;
  readonly message?: string;
  readonly status?: { readonly allowed?: boolean; readonly reason?: string };
}

const reviews = '/apis/authorization.k8s.io/v1/subjectaccessreviews';

async function install(target: Target, { path, object }: RbacObject): Promise<void> {
  const { status, body } = await target.call({ method: 'POST', path, body: object });
  if (status !== 201) throw new Error(`${target.name}: ${path}: ${JSON.stringify(body)}`);
}

/** What a server says about a question, and what it does when the user tries. */
async function answer(target: Target, { user, groups, attributes, request }: Question) {
  const review = await target.call({
    method: 'POST',
    path: reviews,
    body: { spec: { user, groups, ...attributes } },
  });
  const tried = await target.call({
    ...request,
    headers: { 'impersonate-user': user, ...(groups.length > 0 && { 'impersonate-group': [...groups] }) },
  });
  const { status } = review.body as Status;
  const refused = tried.status === 403 ? messageOf(tried.body as Status) : undefined;
  return {
    allowed: status?.allowed,
    // Of several bindings that allow something, each server names the one that it finds first.
    why: status?.allowed === true ? '' : sorted(status?.reason ?? ''),
    refused,
  };
}

function messageOf({ message = '' }: Status): string {
  return sorted(message);
}

/** A reason with its errors in the order of the alphabet. */
function sorted(reason: string): string {
  return reason.replace(/\[([^\]]*)\]$/, (_all, list: string) => `[${list.split(', ').sort().join(', ')}]`);
}

/** Waits until a server acts upon what was written last; kube-apiserver hears of roles a moment later. */
async function settled(target: Target, last: readonly Question[]): Promise<void> {
  for (const question of last)
    await waitUntil(async () => (await answer(target, question)).allowed === true, {
      what: `${target.name} knows the last rights`,
      timeoutMs: 60_000,
    });
}

describe('who may what', () => {
  it('is answered equally for 200 generated questions, and done equally', async () => {
    const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
    console.log(`authorization: seed ${seed}`);
    const [world] = fc.sample(rights(), { seed, numRuns: 1 });
    if (world === undefined) throw new Error('no rights were generated');
    for (const target of [both.kubernetes, both.ours]) {
      for (const object of world.objects) await install(target, object);
      await settled(target, world.sentinels);
    }
    const asked = fc.sample(questions(), { seed, numRuns: 200 });
    let allowed = 0;
    for (const question of asked) {
      const [kubernetes, ours] = await Promise.all([
        answer(both.kubernetes, question),
        answer(both.ours, question),
      ]);
      expect({ question, ...ours }).toEqual({ question, ...kubernetes });
      if (kubernetes.allowed === true) allowed += 1;
    }
    console.log(`authorization: 200 questions, ${allowed} allowed, 0 differences`);
    // Questions that all have the same answer would prove nothing.
    expect(allowed).toBeGreaterThan(20);
    expect(allowed).toBeLessThan(180);
  });

  it('the roles that every cluster has are the same, but for controllers that do not run here', async () => {
    interface Role {
      metadata: { name: string; labels?: object };
      rules?: object[] | null;
      aggregationRule?: object;
    }
    const path = `/apis/${rbacGroup}/v1/clusterroles?labelSelector=kubernetes.io/bootstrapping%3Drbac-defaults`;
    const rolesOf = async (target: Target) => {
      const { body } = await target.call({ method: 'GET', path });
      return new Map((body as { items: Role[] }).items.map((role) => [role.metadata.name, role]));
    };
    const [kubernetes, ours] = await Promise.all([rolesOf(both.kubernetes), rolesOf(both.ours)]);
    const missing = [...kubernetes.keys()].filter((name) => !ours.has(name)).sort();
    expect(missing.filter((name) => !name.startsWith('system:controller:'))).toEqual(notBuiltIn);
    for (const [name, role] of ours) {
      const real = kubernetes.get(name);
      expect([name, role.metadata.labels]).toEqual([name, real?.metadata.labels]);
      // Rules are gathered by a controller, which does not run beside that kube-apiserver.
      if (role.aggregationRule === undefined) expect([name, role.rules]).toEqual([name, real?.rules]);
      else expect([name, role.aggregationRule]).toEqual([name, real?.aggregationRule]);
    }
  });
});

/** Roles of Kubernetes that are about certificate signing requests, which are not served, and about heapster. */
const notBuiltIn = [
  'system:certificates.k8s.io:certificatesigningrequests:nodeclient',
  'system:certificates.k8s.io:certificatesigningrequests:selfnodeclient',
  'system:certificates.k8s.io:kube-apiserver-client-approver',
  'system:certificates.k8s.io:kube-apiserver-client-kubelet-approver',
  'system:certificates.k8s.io:kubelet-serving-approver',
  'system:certificates.k8s.io:legacy-unknown-approver',
  'system:heapster',
];
