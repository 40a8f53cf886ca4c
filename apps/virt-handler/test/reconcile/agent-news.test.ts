import type { VirtualMachineInstance } from '@virtkit/core-types';
import type { MachineState, Observed } from '@virtkit/hal';
import { expect, it } from 'vitest';
import { isAgentNews } from '../../src/reconcile/agent-news.ts';

const instance = (phase: string, told: boolean): VirtualMachineInstance =>
  ({
    metadata: { name: 'vm' },
    status: { phase, conditions: told ? [{ type: 'AgentConnected', status: 'True' }] : [] },
  }) as Partial<VirtualMachineInstance> as VirtualMachineInstance;
const seen = (kind: MachineState['kind'], connected: boolean): Observed =>
  ({ state: { kind }, guestAgent: { connected } }) as Observed;

it.each<[string, VirtualMachineInstance, Observed | undefined, boolean]>([
  ['has just connected', instance('Running', false), seen('running', true), true],
  ['was told of', instance('Running', true), seen('running', true), false],
  ['is told of with the phase', instance('Scheduled', false), seen('running', true), false],
  ['is of a guest that has ended', instance('Running', false), seen('stopped', true), false],
  ['is not there', instance('Running', false), seen('running', false), false],
  ['is of a machine that nobody sees', instance('Running', false), undefined, false],
])('an agent that %s', (_name, vmi, observed, expected) => {
  expect(isAgentNews(vmi, observed)).toBe(expected);
});
