import type { IncomingMessage } from 'node:http';
import type { ClusterConfiguration, FeatureGate } from '@virtkit/admission';
import { ApiServerError } from '@virtkit/apiserver';
import type { KubeVirt, VirtualMachineInstance } from '@virtkit/core-types';
import type { Client } from '@virtkit/sdk';
import type { ObjectName } from './context.ts';
import type { AgentRequest } from './node-agent/request.ts';

/** A request, and what answering it takes. */
export interface Call {
  readonly client: Client;
  readonly target: ObjectName;
  readonly request: IncomingMessage;
  readonly signal: AbortSignal;
  /** The configuration that is in force now. */
  readonly configuration: ClusterConfiguration;
  readonly kubeVirts: readonly KubeVirt[];
  /** Asks the node agent of the instance, `body` as JSON; see `askNodeAgent`. */
  ask(
    method: 'GET' | 'PUT',
    instance: VirtualMachineInstance,
    operation: string,
    body?: object,
  ): Promise<Reply>;
  /** Asks any node agent. @throws ApiServerError with its own words */
  askAgent(asked: AgentRequest, signal: AbortSignal): Promise<Reply>;
}

/** What the caller is told. */
export interface Reply {
  readonly status: number;
  readonly contentType?: string;
  readonly body?: Buffer | string;
}

/** How requests to one subresource are answered. */
export interface Route {
  readonly method: 'GET' | 'PUT';
  /** Refused with 400 while it is off. */
  readonly gate?: FeatureGate;
  /** KubeVirt answers every failure of a question to the guest with 500 and plain text, whatever went wrong. */
  readonly plainFailures?: true;
  /** @throws ApiServerError as KubeVirt refuses */
  answer(call: Call): Promise<Reply>;
}

export const accepted: Reply = { status: 202 };
export const done: Reply = { status: 200 };

export const json = (value: unknown, status = 200): Reply => ({
  status,
  contentType: 'application/json',
  body: JSON.stringify(value),
});

export const plain = (status: number, body: string): Reply => ({ status, contentType: 'text/plain', body });

/** 501: everything was in order, but nothing here carries it out. */
export const notCarried = (what: string): ApiServerError =>
  new ApiServerError('NotImplemented', `${what} is not carried by this version of Virtkit`);

/** @throws ApiServerError `BadRequest` unless the gate is on */
export function requireGate(gate: FeatureGate, { gates }: ClusterConfiguration): void {
  if (!gates.has(gate)) throw new ApiServerError('BadRequest', `the feature gate ${gate} is not on`);
}
