import { invalid, notFound, refused, type Finding, type Objection } from '../finding.ts';
import { applyRules } from '../rule.ts';
import { isOtherMachine, type RestoreRule, type RestoreWrite } from './subject.ts';

const changeable = ['/spec/', '/metadata/labels/', '/metadata/annotations/'];

export const targetRules: readonly RestoreRule[] = [
  {
    id: 'RST-02',
    *check({ restore: { spec } }) {
      if (spec.target.apiGroup === undefined)
        yield notFound('spec.target.apiGroup', 'the group must be given');
    },
  },
  {
    id: 'RST-03',
    *check({ restore: { spec } }) {
      const { apiGroup } = spec.target;
      if (apiGroup !== undefined && apiGroup !== 'kubevirt.io')
        yield invalid('spec.target.apiGroup', `"${apiGroup}" is not kubevirt.io`);
    },
  },
  {
    id: 'RST-04',
    *check({ restore: { spec } }) {
      const { apiGroup, kind } = spec.target;
      if (apiGroup === 'kubevirt.io' && kind !== 'VirtualMachine')
        yield invalid('spec.target.kind', `a VirtualMachine is restored, not a "${kind}"`);
    },
  },
];

/** In order: the patches, then what keeps the state of a machine from becoming that of another one. */
const machineRules: readonly RestoreRule[] = [
  {
    id: 'RST-05',
    *check({ restore }) {
      for (const patch of restore.spec.patches ?? [])
        for (const piece of piecesOf(patch))
          if (piece.split(':').length !== 2)
            yield invalid('spec.patches', `"${piece}" is not a name with a value`);
    },
  },
  {
    id: 'RST-06',
    *check({ restore }) {
      for (const patch of restore.spec.patches ?? [])
        for (const path of pathsOf(patch))
          if (!changeable.some((prefix) => path.startsWith(prefix)))
            yield invalid('spec.patches', `"${path}" is not below ${changeable.join(', ')}`);
    },
  },
  {
    id: 'RST-07',
    *check({ target }) {
      if (target.state !== 'known' || !isOtherMachine(target.snapshot, target.uid)) return;
      const { domain } = target.content?.spec.source.virtualMachine?.spec?.template.spec ?? {};
      const tpm = domain?.devices.tpm;
      const keepsTpm = tpm?.persistent === true && tpm.enabled !== false;
      if (keepsTpm || domain?.firmware?.bootloader?.efi?.persistent === true)
        yield invalid('spec', 'the state of TPM and firmware cannot be given to another machine');
    },
  },
];

/** Look-ups that did not lead to what has to be judged refuse the request as a whole. */
const lookUpRules: readonly RestoreRule[] = [
  {
    id: 'RST-08',
    *check({ target }): Iterable<Objection> {
      if (target.state === 'unknown') yield refused(400, target.message);
      if (target.state !== 'known' || !isOtherMachine(target.snapshot, target.uid)) return;
      if (!target.snapshot.status?.virtualMachineSnapshotContentName)
        yield refused(400, 'the snapshot has no content yet');
      else if (target.content !== undefined && target.content.spec.source.virtualMachine === undefined)
        yield refused(400, 'the content of the snapshot is not of a machine');
    },
  },
];

/** Findings of the machine that is restored. Without the snapshot nothing is said of it, as in KubeVirt. */
export function machineTargetFindings(write: RestoreWrite): readonly Finding[] {
  const { apiGroup, kind } = write.restore.spec.target;
  if (apiGroup !== 'kubevirt.io' || kind !== 'VirtualMachine') return [];
  if (write.target.state === 'no-snapshot') return [];
  const failed = applyRules(lookUpRules, write);
  return failed.length > 0 ? failed : applyRules(machineRules, write);
}

/** A patch is read as KubeVirt reads it here: as text between braces, with a comma between its members. */
function piecesOf(patch: string): readonly string[] {
  return trimmed(patch.trim(), '{', '}').split(',');
}

function pathsOf(patch: string): readonly string[] {
  return piecesOf(patch)
    .map((piece) => piece.split(':'))
    .filter((parts) => parts.length === 2 && parts[0]?.trim() === '"path"')
    .map(([, value = '']) => trimmed(value.trim(), '"', '"'));
}

/** The text without any `open` at its beginning and any `close` at its end. */
function trimmed(text: string, open: string, close: string): string {
  let [start, end] = [0, text.length];
  while (start < end && text[start] === open) start += 1;
  while (end > start && text[end - 1] === close) end -= 1;
  return text.slice(start, end);
}
