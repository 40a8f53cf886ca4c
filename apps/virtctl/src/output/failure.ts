import { CommanderError } from 'commander';
import { ApiError, type ApiErrorCode } from '@virtkit/sdk';
import { messageOf, VirtctlError } from '../errors.ts';

/** What to do about an error of the API; codes without an entry speak for themselves. */
const nextSteps: Partial<Record<ApiErrorCode, string>> = {
  'not-found': 'list what there is: kubectl get virtualmachines,virtualmachineinstances -n NAMESPACE',
  conflict: 'look at its state: kubectl get virtualmachines,virtualmachineinstances -n NAMESPACE',
  forbidden: 'ask for the right, or use another context with --context',
  unauthorized: 'renew the credentials of the kubeconfig, or give a token with --token',
  'too-many-requests': 'try again later',
  timeout: 'look whether it happened before trying again',
  unavailable: 'try again later',
  connection:
    'check that the API server runs at this address and can be reached; "virtkit status" tells of a local one',
  certificate: 'name its authority with --certificate-authority, or trust it with --insecure-skip-tls-verify',
  configuration: 'name a kubeconfig with --kubeconfig or $KUBECONFIG, and one of its contexts with --context',
  'not-implemented': 'this server does not offer it',
};

/** Verbosity from which the causes of an error are shown. */
const causesFrom = 4;

/** The text about an error for standard error, in lines: what failed, what to do next, the causes when asked for. */
export function failureText(error: unknown, verbosity: number): string {
  const lines = [messageLine(error)];
  const step = nextStepOf(error);
  if (step !== undefined) lines.push(`Next step: ${step}`);
  if (verbosity >= causesFrom) lines.push(...causesOf(error));
  return `${lines.join('\n')}\n`;
}

/** The server's or library's error that is behind what a command reported. */
export function apiErrorOf(error: unknown): ApiError | undefined {
  if (error instanceof ApiError) return error;
  return error instanceof VirtctlError ? apiErrorOf(error.cause) : undefined;
}

function messageLine(error: unknown): string {
  // Commander puts "error: " in front of its messages.
  if (error instanceof CommanderError) return error.message.replace(/^error: /, '');
  return messageOf(error);
}

function nextStepOf(error: unknown): string | undefined {
  if (error instanceof CommanderError) return 'see virtctl --help, or virtctl COMMAND --help';
  if (error instanceof VirtctlError && error.nextStep !== undefined) return error.nextStep;
  if (error instanceof VirtctlError && error.code === 'usage') return 'see virtctl COMMAND --help';
  const api = apiErrorOf(error);
  return api === undefined ? undefined : nextSteps[api.code];
}

function causesOf(error: unknown): string[] {
  const lines: string[] = [];
  for (let at = error; at instanceof Error; at = at.cause) lines.push(at.stack ?? at.message);
  return lines;
}
