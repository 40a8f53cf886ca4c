import { isApiError } from '../errors.ts';

/** The object, or undefined when there is none or the cluster does not serve its kind. */
export async function ifFound<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isApiError(error, 'not-found')) return undefined;
    throw error;
  }
}
