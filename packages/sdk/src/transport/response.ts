import type { Dispatcher } from 'undici';
import { ApiError } from '../errors.ts';
import { errorOfNetwork } from './network-error.ts';
import type { RawResponse } from './request.ts';

/** An undici answer in the SDK's form; reading its body raises only `ApiError`. */
export function toRawResponse(response: Dispatcher.ResponseData, signal?: AbortSignal): RawResponse {
  const { body } = response;
  const read = async <T>(how: () => Promise<T>): Promise<T> => {
    try {
      return await how();
    } catch (error) {
      throw errorOfNetwork(error, signal);
    }
  };
  return {
    status: response.statusCode,
    headers: flatten(response.headers),
    body,
    text: () => read(() => body.text()),
    bytes: () => read(() => body.bytes()),
    json: async () => parseJson(await read(() => body.text())),
  };
}

function flatten(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}

function parseJson(text: string): unknown {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ApiError('protocol', 'the API server answered with something that is not JSON', { cause });
  }
}
