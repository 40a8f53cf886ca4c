/**
 * What somebody who installed the libraries might write. The check compiles it once as an ES module and once as CommonJS,
 * against nothing but the packed libraries, and runs both. It fails unless every answer is the expected one.
 */
import { deepStrictEqual } from 'node:assert';
import { Quantity, resources, VirtualMachineSchema, type VirtualMachine } from '@virtkit/core-types';
import { HalError, parseMachineSpec, type Hypervisor } from '@virtkit/hal';
import { conformance, type ConformanceOptions } from '@virtkit/hal/conformance';
import { createMockHypervisor, MockHost, StepScheduler } from '@virtkit/hal-mock';
import { connect, isApiError, virtualMachine, type Client } from '@virtkit/sdk';

const machine: VirtualMachine = virtualMachine({ name: 'web', memory: '1Gi', runStrategy: 'Halted' });

async function runsAMachine(): Promise<string> {
  const time = new StepScheduler();
  await using hypervisor: Hypervisor = await createMockHypervisor({
    host: new MockHost({ scheduler: time }),
  });
  const spec = parseMachineSpec(
    {
      version: 1,
      id: 'web',
      name: 'default_web',
      architecture: 'x86_64',
      acceleration: 'prefer-hardware',
      cpu: { sockets: 1, cores: 1, threads: 1, model: { kind: 'default' } },
      memory: { sizeBytes: Number(Quantity.parse('1Gi').toBytes()) },
      firmware: { uuid: '5d307ca9-b3ef-428c-8861-06e72d69f223' },
    },
    'mock',
  );
  const defined = await hypervisor.define(spec);
  await defined.start();
  const { state } = await defined.observe();
  await defined.stop('force');
  return state.kind;
}

async function codeOf(call: () => Promise<unknown>): Promise<string> {
  try {
    await call();
    return 'none';
  } catch (error) {
    return error instanceof HalError || isApiError(error) ? error.code : String(error);
  }
}

/** Asks for types of calls that need a server; never called. */
export async function statusOf(client: Client): Promise<string | undefined> {
  return (await client.virtualMachines.get('web')).status?.printableStatus;
}

async function main(): Promise<void> {
  deepStrictEqual(VirtualMachineSchema.parse(machine), machine);
  deepStrictEqual(resources.virtualMachines.plural, 'virtualmachines');
  deepStrictEqual(await runsAMachine(), 'running');
  await using hypervisor = await createMockHypervisor({ supports: [] });
  deepStrictEqual(await codeOf(async () => parseMachineSpec({}, 'mock')), 'invalid-spec');
  deepStrictEqual([...hypervisor.supports], []);
  deepStrictEqual(await codeOf(() => connect()), 'configuration');
  const suite: (options: ConformanceOptions) => void = conformance;
  deepStrictEqual(typeof suite, 'function');
  console.log('the libraries work');
}

void main();
