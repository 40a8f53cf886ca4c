import { isApiError, type ApiErrorCode } from '@virtkit/sdk';
import { waitUntil } from '@virtkit/testing';

/**
 * Makes a request until the API server takes or refuses it: while processes are being killed, their absence is a reason to ask
 * again. @param answers Refusals that count as an answer; any other is an error.
 */
export async function insist(
  request: () => Promise<unknown>,
  answers: readonly ApiErrorCode[],
): Promise<void> {
  await waitUntil(
    'an answer of the API server',
    async () => {
      try {
        await request();
        return true;
      } catch (error) {
        if (isApiError(error, ...answers)) return true;
        if (isApiError(error) && (error.retry === 'backoff' || error.code === 'internal')) return false;
        throw error;
      }
    },
    { timeoutMs: 60_000, intervalMs: 250 },
  );
}
