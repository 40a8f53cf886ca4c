import type { Plugin } from '@virtkit/core-types';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pluginFindings } from '../../../src/validation/index.ts';
import { conditionFault, mutationFault } from '../../../src/validation/plugin/expressions.ts';
import { withoutMessageLiterals } from '../../../src/validation/plugin/message-literals.ts';
import { testSides, type Sides } from '../../support/sides.ts';
import { withGates } from '../instance-update/changes.ts';

interface Write {
  readonly spec: Plugin['spec'];
  readonly gates?: readonly string[];
}

const hook = (spec: NonNullable<Plugin['spec']['domainHooks']>[number]): Write => ({
  spec: { domainHooks: [{ cel: { expression: 'Domain{}' } }, spec] },
});
const nodeHook = (condition: string): Write => ({
  spec: { nodeHooks: [{ socket: 's', permittedHooks: ['PreVMStart'], condition }] },
});
const mutation = (expression: string) => hook({ cel: { expression } });

const rows: readonly Sides<Write>[] = [
  { id: 'PLG-1', refuses: { spec: {}, gates: [] }, accepts: { spec: {} }, reason: 400, fields: [undefined] },
  {
    id: 'PLG-2',
    refuses: { spec: { condition: 'vmi.metadata.name +' } },
    accepts: { spec: { condition: 'vmi.metadata.name == "a"' } },
    reason: 'I',
    fields: ['spec.condition'],
  },
  {
    id: 'PLG-2',
    refuses: { spec: { condition: '"text"' } },
    accepts: { spec: { condition: 'vmi.spec.volumes.exists(v, v.name == "x")' } },
    reason: 'I',
    fields: ['spec.condition'],
  },
  {
    id: 'PLG-3',
    refuses: mutation('1 + 1'),
    accepts: mutation(
      'Domain{CPU: DomainCPU{Mode: "host-model", Other: {"a": 1}}, Name: vmi.a ? vmi.b : "c"}',
    ),
    reason: 'I',
    fields: ['spec.domainHooks[1].cel.expression'],
  },
  {
    id: 'PLG-4',
    refuses: hook({ condition: 'domain.CPU == 1' }),
    accepts: hook({ condition: 'domainSpec.CPU.Topology.Sockets > 1' }),
    reason: 'I',
    fields: ['spec.domainHooks[1].condition'],
  },
  {
    id: 'PLG-5',
    refuses: nodeHook('domainSpec.CPU == 1'),
    accepts: nodeHook('vmi.metadata.labels["a"] == "b"'),
    reason: 'I',
    fields: ['spec.nodeHooks[0].condition'],
  },
  {
    id: 'PLG-6',
    refuses: hook({ sidecar: { socketPath: '/run//a/../plugin.sock' } }),
    accepts: hook({ sidecar: { socketPath: '../plugin.sock' } }),
    reason: 'I',
    fields: ['spec.domainHooks[1].sidecar.socketPath'],
  },
];

testSides(
  'plugins',
  rows.map((row) => ({ ...row, alone: true })),
  ({ spec, gates = ['Plugins'] }) =>
    pluginFindings({
      plugin: { metadata: { name: 'p' }, spec },
      creating: true,
      configuration: withGates(...gates),
    }),
);

test('a plugin that exists can be changed where plugins are off', () => {
  const plugin = { metadata: { name: 'p' }, spec: {} };
  expect(pluginFindings({ plugin, creating: false, configuration: withGates() })).toEqual([]);
});

test.each([
  ['Domain{A: 1}', 'literal_domain({"A": 1})'],
  ['v1.Domain { A : B{} }', 'literal_domain( { "A" : literal_other({}) })'],
  ['Domain{A: {"k": x ? y : z}}', 'literal_domain({"A": {"k": x ? y : z}})'],
  ['Domain{A: x ? y : z}', 'literal_domain({"A": x ? y : z})'],
  ['"Domain{A: 1}" + f([{"a": b}])', '"Domain{A: 1}" + f([{"a": b}])'],
])('%s is written without literals of messages', (given, written) => {
  expect(withoutMessageLiterals(given)).toBe(written);
});

test('no text makes the compiler fail', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), (text) => {
      expect(() => [conditionFault(text, 'domain'), mutationFault(text)]).not.toThrow();
    }),
  );
  expect(conditionFault('('.repeat(100_000), 'instance')).toBeDefined();
});
