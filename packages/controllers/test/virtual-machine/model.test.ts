// The VirtualMachine's plan and projection against a reference of a few lines. After each event of a random history the
// controller runs until nothing changes, killed at random between an effect and the status write; then both must agree.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { VirtualMachine, VirtualMachineInstance } from '@virtkit/core-types';
import { planMachine, type ControllerRevision, type MachineEffect } from '../../src/index.ts';
import { projectStatus } from '../../src/virtual-machine/project-status.ts';
import { buildStartRevision } from '../../src/virtual-machine/start-revision.ts';
import { machineOf, observationOf } from '../builders.ts';

type Strategy = 'Always' | 'RerunOnFailure' | 'Manual' | 'Halted' | 'Once';
type Guest = 'absent' | 'running' | 'succeeded' | 'failed';
type Event =
  | { kind: 'strategy'; strategy: Strategy }
  | { kind: 'start' }
  | { kind: 'stop' }
  | { kind: 'guest ends'; phase: 'Succeeded' | 'Failed' }
  | { kind: 'instance deleted' };

/** What KubeVirt's table of run strategies comes to once everything has settled. */
class Reference {
  guest: Guest = 'absent';
  strategy: Strategy = 'Manual';

  apply(event: Event): void {
    const requests = this.strategy === 'Manual' || this.strategy === 'RerunOnFailure';
    if (event.kind === 'strategy') {
      const changed = event.strategy !== this.strategy;
      this.strategy = event.strategy;
      if (changed && event.strategy === 'RerunOnFailure' && this.guest === 'absent') this.guest = 'running';
    } else if (event.kind === 'start' && requests) this.guest = 'running';
    else if (event.kind === 'stop' && requests && this.guest === 'running') this.guest = 'absent';
    else if (event.kind === 'guest ends' && this.guest === 'running') {
      this.guest = event.phase === 'Failed' ? 'failed' : 'succeeded';
    } else if (event.kind === 'instance deleted' && this.guest !== 'absent') this.guest = 'absent';
    this.#settle();
  }

  #settle(): void {
    const ended = this.guest === 'succeeded' || this.guest === 'failed';
    if (this.strategy === 'Always' && this.guest !== 'running') this.guest = 'running';
    if (this.strategy === 'Halted') this.guest = 'absent';
    if (this.strategy === 'Once' && this.guest === 'absent') this.guest = 'running';
    if (this.strategy === 'RerunOnFailure' && ended)
      this.guest = this.guest === 'failed' ? 'running' : 'absent';
  }
}

/** The controller's pure parts in a world that does what it is told. */
class World {
  machine: VirtualMachine = machineOf({ runStrategy: 'Manual' });
  instance: VirtualMachineInstance | undefined;
  revision: ControllerRevision | undefined;
  starts = 0;
  readonly #killed: () => boolean;

  constructor(killed: () => boolean) {
    this.#killed = killed;
  }

  apply(event: Event): void {
    const { runStrategy } = this.machine.spec;
    const requests = runStrategy === 'Manual' || runStrategy === 'RerunOnFailure';
    const phase = this.instance?.status?.phase;
    if (event.kind === 'strategy') {
      this.machine = { ...this.machine, spec: { ...this.machine.spec, runStrategy: event.strategy } };
    } else if (event.kind === 'start' && requests && phase !== 'Running') {
      const stop = this.instance === undefined ? [] : [{ action: 'Stop', uid: this.instance.metadata.uid }];
      this.#request([...stop, { action: 'Start' }]);
    } else if (event.kind === 'stop' && requests && phase === 'Running') {
      this.#request([{ action: 'Stop', uid: this.instance!.metadata.uid }]);
    } else if (event.kind === 'guest ends' && phase === 'Running') this.#phase(event.phase);
    else if (event.kind === 'instance deleted') this.#delete();
    this.#settle();
  }

  #request(stateChangeRequests: NonNullable<VirtualMachine['status']>['stateChangeRequests']): void {
    this.machine = { ...this.machine, status: { ...this.machine.status, stateChangeRequests } };
  }

  #phase(phase: string): void {
    const instance = this.instance!;
    const before = instance.status?.phaseTransitionTimestamps ?? [];
    this.instance = {
      ...instance,
      status: { ...instance.status, phase, phaseTransitionTimestamps: [...before, { phase }] },
    };
  }

  #delete(): void {
    if (this.instance === undefined) return;
    const metadata = { ...this.instance.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' };
    this.instance = { ...this.instance, metadata };
  }

  #settle(): void {
    for (let round = 0; round < 60; round++) {
      const before = JSON.stringify([this.machine, this.instance]);
      const whole = this.#pass();
      this.#node();
      if (whole && JSON.stringify([this.machine, this.instance]) === before) return;
    }
    throw new Error(`does not settle: ${JSON.stringify([this.machine, this.instance])}`);
  }

  /** Whether the pass came to its end. */
  #pass(): boolean {
    const observation = observationOf({
      machine: this.machine,
      instance: this.instance,
      startRevisions: this.revision === undefined ? [] : [this.revision],
    });
    const { effect } = planMachine(observation);
    const created = this.#carryOut(effect);
    if (this.#killed()) return false;
    const outcome = created === undefined ? { effect } : { effect, created };
    this.machine = { ...this.machine, status: projectStatus(observation, outcome, () => 0) };
    return true;
  }

  #carryOut(effect: MachineEffect): VirtualMachineInstance | undefined {
    if (effect.kind === 'start-instance') {
      expect(this.instance).toBeUndefined();
      const built = effect.instance;
      this.instance = { ...built, metadata: { ...built.metadata, uid: `vmi-${++this.starts}` } };
      this.revision = buildStartRevision(this.machine);
      return this.instance;
    }
    if (effect.kind === 'delete-instance') this.#delete();
    if (effect.kind === 'release-instance') {
      this.instance = { ...this.instance!, metadata: { ...this.instance!.metadata, finalizers: [] } };
    }
    expect(['mark-machine', 'refuse', 'adopt-instance', 'release-machine']).not.toContain(effect.kind);
    return undefined;
  }

  /** The node starts guests, stops those that are to go, and the server forgets what nobody holds. */
  #node(): void {
    if (this.instance === undefined) return;
    const { metadata, status } = this.instance;
    const final = status?.phase === 'Succeeded' || status?.phase === 'Failed';
    const going = metadata.deletionTimestamp !== undefined;
    if (going && final && metadata.finalizers?.length === 0) this.instance = undefined;
    else if (going && !final) this.#phase('Succeeded');
    else if (!final && status?.phase !== 'Running') this.#phase('Running');
  }

  get guest(): Guest {
    const phase = this.instance?.status?.phase;
    return phase === undefined ? 'absent' : (phase.toLowerCase() as Guest);
  }
}

it('agrees with the reference after any history, killed or not', () => {
  const strategies: Strategy[] = ['Always', 'RerunOnFailure', 'Manual', 'Halted', 'Once'];
  const event: fc.Arbitrary<Event> = fc.oneof(
    fc.record({ kind: fc.constant('strategy' as const), strategy: fc.constantFrom(...strategies) }),
    fc.record({ kind: fc.constantFrom('start' as const, 'stop' as const, 'instance deleted' as const) }),
    fc.record({
      kind: fc.constant('guest ends' as const),
      phase: fc.constantFrom('Succeeded' as const, 'Failed' as const),
    }),
  );
  const kills = fc.infiniteStream(fc.integer({ min: 0, max: 3 }).map((n) => n === 0));
  fc.assert(
    fc.property(fc.array(event, { maxLength: 25 }), kills, (events, stream) => {
      const reference = new Reference();
      const world = new World(() => stream.next().value === true);
      for (const one of events) {
        reference.apply(one);
        world.apply(one);
        expect(`${one.kind}: ${world.guest}`).toBe(`${one.kind}: ${reference.guest}`);
        expect(world.machine.status?.stateChangeRequests).toBeUndefined();
      }
    }),
    { numRuns: 500 },
  );
});
