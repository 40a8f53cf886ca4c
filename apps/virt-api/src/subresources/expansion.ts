import { expandMachine, findReferences, schemaFindings, specsOf, type Finding } from '@virtkit/admission';
import { ApiServerError, type ApiServerErrorCode } from '@virtkit/apiserver';
import { VirtualMachineSchema, type VirtualMachine } from '@virtkit/core-types';
import { referenceLookup } from '@virtkit/sdk';
import { readValue } from './body.ts';
import { requiredMachine } from './context.ts';
import { json, type Call, type Route } from './route.ts';

/** A stored machine with its instance type and preference written out (KubeVirt subresources, expand-spec). */
export const expandSpec: Route = {
  method: 'GET',
  async answer(call) {
    const machine = await requiredMachine(call.client, call.target, call.signal);
    return json(await expanded(machine, call, 'InternalError'));
  },
};

/** The same for a machine that is not stored: it is the body of the request. */
export const expandGivenSpec: Route = {
  method: 'PUT',
  async answer(call) {
    requireJson(call);
    const value = await readValue(call.request);
    if (value === undefined) throw new ApiServerError('BadRequest', 'the request has no body');
    const machine = fitted(value);
    const { namespace } = call.target;
    const own = machine.metadata.namespace ?? '';
    if (own !== '' && own !== namespace)
      throw new ApiServerError('BadRequest', `the machine's namespace must be empty or ${namespace}`);
    const local = { ...machine, metadata: { ...machine.metadata, namespace } };
    return json(await expanded(local, call, 'BadRequest'));
  },
};

function requireJson({ request }: Call): void {
  const type = (request.headers['content-type'] ?? 'application/json').split(';', 1)[0]?.trim();
  if (type !== 'application/json' && type !== '*/*')
    throw new ApiServerError('UnsupportedMediaType', 'the body must be application/json');
}

function fitted(value: unknown): VirtualMachine {
  const findings = schemaFindings(VirtualMachineSchema, value, 'complete');
  const parsed = VirtualMachineSchema.safeParse(value);
  if (findings.length === 0 && parsed.success) return parsed.data;
  const messages = [
    ...findings.map(({ message }) => message),
    ...(parsed.success
      ? []
      : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)),
  ];
  throw new ApiServerError('BadRequest', 'the object is not a virtual machine', {
    causes: messages.map((message) => ({ message })),
  });
}

async function expanded(
  machine: VirtualMachine,
  { client, configuration, signal }: Call,
  code: ApiServerErrorCode,
): Promise<VirtualMachine> {
  const { instancetype, preference } = machine.spec;
  if (instancetype === undefined && preference === undefined) return machine;
  const found = await findReferences(machine, referenceLookup(client, signal));
  for (const { role, reference } of [
    { role: 'instance type', reference: found.instancetype },
    { role: 'preference', reference: found.preference },
  ])
    if (reference.state === 'missing')
      throw new ApiServerError(code, `the ${role} was not found: ${reference.message}`);
  const result = expandMachine(machine, specsOf(found), configuration);
  if (result.ok) return result.machine;
  throw new ApiServerError(code, result.findings.map(inWords).join('; '), {
    causes: result.findings.map(({ message, field, reason }) => ({
      message,
      ...(field === undefined ? {} : { field }),
      ...(reason === undefined ? {} : { reason }),
    })),
  });
}

function inWords({ field, message }: Finding): string {
  return field === undefined ? message : `${field}: ${message}`;
}
