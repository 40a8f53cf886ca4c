import { describe, expect, it } from 'vitest';
import { ApiError, apiErrorCodes, errorOfResponse, errorOfStatus, isApiError } from '../src/index.ts';
import { parseRetryAfter } from '../src/status.ts';
import { failure } from './scripted-server.ts';

describe('errorOfResponse', () => {
  it.each([
    [404, 'NotFound', 'not-found', 'on-change'],
    [409, 'AlreadyExists', 'already-exists', 'on-change'],
    [409, 'Conflict', 'conflict', 'on-change'],
    [422, 'Invalid', 'invalid', 'never'],
    [403, 'Forbidden', 'forbidden', 'on-change'],
    [401, 'Unauthorized', 'unauthorized', 'on-change'],
    [410, 'Expired', 'gone', 'on-change'],
    [410, 'Gone', 'gone', 'on-change'],
    [429, 'TooManyRequests', 'too-many-requests', 'backoff'],
    [500, 'ServerTimeout', 'timeout', 'backoff'],
    [504, 'Timeout', 'timeout', 'backoff'],
    [405, 'MethodNotAllowed', 'method-not-allowed', 'never'],
    [501, 'NotImplemented', 'not-implemented', 'never'],
    [415, 'UnsupportedMediaType', 'unsupported-media-type', 'never'],
    [413, 'RequestEntityTooLarge', 'request-too-large', 'never'],
    [500, 'InternalError', 'internal', 'backoff'],
    [409, 'SomethingNew', 'conflict', 'on-change'],
    [418, 'SomethingNew', 'bad-request', 'on-change'],
    [599, 'SomethingNew', 'internal', 'backoff'],
  ])('%i %s is %s, retry %s', (code, reason, expected, retry) => {
    const error = errorOfResponse(code, JSON.stringify(failure(code, reason)));
    expect(error).toMatchObject({ code: expected, retry, httpStatus: code, message: `it is ${reason}` });
    expect(error.status?.reason).toBe(reason);
  });

  it('lists the fields at fault', () => {
    const causes = [
      { field: 'spec.x', message: 'must be set', reason: 'FieldValueRequired' },
      { message: 'no field' },
    ];
    const error = errorOfResponse(422, JSON.stringify(failure(422, 'Invalid', { causes })));
    expect(error.fields).toEqual([{ field: 'spec.x', message: 'must be set', reason: 'FieldValueRequired' }]);
  });

  it.each([
    [500, 'VMI is not running', 'internal', 'VMI is not running'],
    [401, '', 'unauthorized', 'the API server answered with HTTP status 401'],
    [502, '{"half":', 'unavailable', '{"half":'],
    [404, '{"kind":"Other"}', 'not-found', '{"kind":"Other"}'],
  ])('takes a body that is not a Status as text: %i %j', (code, body, expected, message) => {
    expect(errorOfResponse(code, body)).toMatchObject({ code: expected, message, status: undefined });
  });

  it('reads how long to wait from the header, else from the Status', () => {
    const body = JSON.stringify(failure(429, 'TooManyRequests', { retryAfterSeconds: 7 }));
    expect(errorOfResponse(429, body, '3').retryAfterSeconds).toBe(3);
    expect(errorOfResponse(429, body).retryAfterSeconds).toBe(7);
    const now = Date.parse('2026-01-01T00:00:00Z');
    expect(parseRetryAfter('Thu, 01 Jan 2026 00:00:05 GMT', now)).toBe(5);
    expect(parseRetryAfter('soon', now)).toBeUndefined();
  });
});

describe('ApiError', () => {
  it('is told apart by code', () => {
    const error: unknown = errorOfStatus({ kind: 'Status', reason: 'Conflict', code: 409 });
    expect(isApiError(error)).toBe(true);
    expect(isApiError(error, 'gone', 'conflict')).toBe(true);
    expect(isApiError(error, 'gone')).toBe(false);
    expect(isApiError(new Error('conflict'), 'conflict')).toBe(false);
  });

  it('has a retry class for each code', () => {
    expect(new Set(apiErrorCodes.map((code) => new ApiError(code, '').retry))).toEqual(
      new Set(['never', 'backoff', 'on-change']),
    );
  });
});
