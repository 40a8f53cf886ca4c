import { parseRequestInfo, pathSegments } from '@virtkit/apiserver';
import { describe, expect, test } from 'vitest';
import { attributesOf } from '../../src/serving/authorization.ts';

const version = '/apis/subresources.kubevirt.io/v1';
const place = { group: 'subresources.kubevirt.io', version: 'v1', namespace: 'default' };

function attributes(method: string, path: string) {
  const url = new URL(`https://virt-api${version}${path}`);
  const info = parseRequestInfo(method, pathSegments(url.pathname), url.searchParams);
  return attributesOf(method, info!);
}

describe('what is authorized', () => {
  test.each([
    ['GET', 'virtualmachineinstances', 'console', 'get', 'console'],
    ['GET', 'virtualmachineinstances', 'console?watch=true', 'get', 'console'],
    ['HEAD', 'virtualmachineinstances', 'vnc/screenshot', 'get', 'vnc/screenshot'],
    ['GET', 'virtualmachineinstances', 'portforward/22/tcp', 'get', 'portforward'],
    ['PUT', 'virtualmachines', 'evacuate/cancel', 'update', 'evacuate/cancel'],
    ['POST', 'virtualmachines', 'start', 'create', 'start'],
    ['PATCH', 'virtualmachines', 'start', 'patch', 'start'],
    ['DELETE', 'virtualmachines', 'start', 'delete', 'start'],
  ])('%s %s/x/%s', (method, resource, rest, verb, subresource) => {
    expect(attributes(method, `/namespaces/default/${resource}/x/${rest}`)).toEqual({
      ...place,
      verb,
      resource,
      name: 'x',
      subresource,
    });
  });

  test('expand-vm-spec is of a namespace', () => {
    expect(attributes('PUT', '/namespaces/default/expand-vm-spec')).toEqual({
      ...place,
      verb: 'update',
      resource: 'expand-vm-spec',
    });
  });

  test.each([
    '/virtualmachines/x/start',
    '/namespaces/default/virtualmachines',
    '/namespaces/default/virtualmachines/x',
    '/namespaces/default/pods/x/log',
    '/namespaces/default/expand-vm-spec/x',
    '/namespaces/default',
    '/guestfs/x',
  ])('nobody may anything at %s', (path) => {
    expect(() => attributes('GET', path)).toThrow(expect.objectContaining({ code: 'Unauthorized' }) as Error);
  });

  test('methods that mean nothing are refused', () => {
    expect(() => attributes('TRACE', '/namespaces/default/virtualmachines/x/start')).toThrow(
      'does not allow',
    );
  });
});
