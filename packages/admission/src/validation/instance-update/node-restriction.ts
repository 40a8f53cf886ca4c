import { invalid } from '../finding.ts';
import { isNodeAgent, type RequestUser } from '../system-users.ts';
import type { InstanceUpdate, InstanceUpdateRule } from './subject.ts';

/** What the authenticator says of the node that a service account's Pod runs on (Kubernetes API). */
const nodeNameExtra = 'authentication.kubernetes.io/node-name';

/** A node agent writes to instances that run on its node or move to it. First failure answers. */
export const nodeRestrictionRules: readonly InstanceUpdateRule[] = [
  {
    id: 'VMIU-1',
    *check(subject) {
      if (applies(subject) && !nodeOf(subject.user))
        yield invalid(undefined, 'the node of the node agent is not known');
    },
  },
  {
    id: 'VMIU-2',
    *check(subject) {
      if (!applies(subject)) return;
      const { nodeName, migrationState } = subject.before.status ?? {};
      const node = nodeOf(subject.user);
      const target = migrationState?.targetNode ?? '';
      if (node !== (nodeName ?? '') && (target === '' || node !== target))
        yield invalid(undefined, `the instance neither runs on node "${node ?? ''}" nor moves there`);
    },
  },
  {
    id: 'VMIU-3',
    *check(subject) {
      if (!applies(subject)) return;
      const before = subject.before.status?.migrationState?.targetNode ?? '';
      const after = subject.after.status?.migrationState?.targetNode ?? '';
      if (before === '' && after !== '')
        yield invalid(undefined, 'a node agent cannot choose where an instance moves to');
    },
  },
];

function applies({ user, configuration }: InstanceUpdate): boolean {
  return configuration.gates.has('NodeRestriction') && isNodeAgent(user);
}

function nodeOf({ extra }: RequestUser): string | undefined {
  return extra?.[nodeNameExtra]?.[0];
}
