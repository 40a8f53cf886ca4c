import { ApiServerError } from '@virtkit/apiserver';
import {
  getCondition,
  instanceConditions,
  type JsonPatchOperation,
  type VirtualMachineInstance,
} from '@virtkit/core-types';
import { readRequired } from './body.ts';
import { requiredInstance } from './context.ts';
import { SevSecretOptionsSchema, SevSessionOptionsSchema } from './options.ts';
import { conflict, internalUnlessInvalid } from './refusal.ts';
import { accepted, done, type Call, type Route } from './route.ts';

const gate = 'WorkloadEncryptionSEV';
const kind = 'virtualMachineInstances';

/** The instance, when it is in one of the phases and its owner wants to attest it, and, for a started guest, still paused. */
async function attestable(
  { client, target, signal }: Call,
  phases: readonly string[],
  { paused = false }: { paused?: boolean } = {},
): Promise<VirtualMachineInstance> {
  const instance = await requiredInstance(client, target, signal);
  const { spec, status } = instance;
  const refuse = (why: string) => conflict(kind, target.name, why);
  if (!phases.includes(status?.phase ?? '')) throw refuse(`it is not in phase ${phases.join(' or ')}`);
  if (spec.domain.launchSecurity?.sev?.attestation === undefined) throw refuse('it is not to be attested');
  if (paused && getCondition(status?.conditions, instanceConditions.paused) === undefined)
    throw refuse('it is not paused');
  return instance;
}

/** How the owner of an encrypted guest convinces himself of its launch (KubeVirt subresources, sev). */
export const launchSecurityRoutes: ReadonlyMap<string, Route> = new Map<string, Route>([
  [
    'sev/fetchcertchain',
    {
      method: 'GET',
      gate,
      plainFailures: true,
      answer: async (call) =>
        call.ask('GET', await attestable(call, ['Scheduled', 'Running']), 'sev/fetchcertchain'),
    },
  ],
  [
    'sev/querylaunchmeasurement',
    {
      method: 'GET',
      gate,
      plainFailures: true,
      answer: async (call) =>
        call.ask('GET', await attestable(call, ['Running'], { paused: true }), 'sev/querylaunchmeasurement'),
    },
  ],
  [
    'sev/injectlaunchsecret',
    {
      method: 'PUT',
      gate,
      async answer(call) {
        await readRequired(call.request, SevSecretOptionsSchema);
        await call.ask(
          'PUT',
          await attestable(call, ['Running'], { paused: true }),
          'sev/injectlaunchsecret',
        );
        return done;
      },
    },
  ],
  ['sev/setupsession', { method: 'PUT', gate, answer: setUpSession }],
]);

/** The session becomes part of the instance, whose launch waits for it. */
async function setUpSession(call: Call) {
  const { session, dhCert } = await readRequired(call.request, SevSessionOptionsSchema);
  if (session === '') throw new ApiServerError('BadRequest', 'a session is needed');
  if (dhCert === '') throw new ApiServerError('BadRequest', 'a Diffie-Hellman certificate is needed');
  const { spec } = await attestable(call, ['Scheduled']);
  const before = spec.domain.launchSecurity?.sev ?? {};
  if ((before.session ?? '') !== '' || (before.dhCert ?? '') !== '')
    throw conflict(kind, call.target.name, 'it has a session already');
  const path = '/spec/domain/launchSecurity/sev';
  const operations: JsonPatchOperation[] = [
    { op: 'test', path, value: before },
    { op: 'replace', path, value: { ...before, session, dhCert } },
  ];
  const { namespace, name } = call.target;
  await internalUnlessInvalid(
    call.client.virtualMachineInstances.patch(
      name,
      { type: 'json', operations },
      { namespace, signal: call.signal },
    ),
  );
  return accepted;
}
