import fc from 'fast-check';
import { collection, configMaps } from '../requests.ts';
import { change, content, value } from './draw.ts';
import type { Change, DrawnKind } from './resource.ts';

export const drawnConfigMap: DrawnKind = {
  kind: 'ConfigMap',
  apiVersion: 'v1',
  path: configMaps,
  good: {},
  content: fc.oneof(
    { weight: 8, arbitrary: value.map((v) => ({ data: { v } })) },
    {
      weight: 2,
      arbitrary: fc.constantFrom<Record<string, unknown>>(
        {},
        { data: { v: '1', w: '2' }, binaryData: { b: 'AAEC' } },
        { data: { v: '1' }, immutable: true },
        { data: { 'a/b': 'x' } },
        { data: { v: 5 } },
        { data: { v: null } },
        { binaryData: { b: 'no base64' } },
      ),
    },
  ),
  changes: fc.oneof(
    value.map((v): Change => ['merge', { data: { v } }]),
    value.map((v): Change => ['strategic', { data: { w: v } }]),
    value.map((v): Change => ['json', [{ op: 'add', path: '/data', value: { v } }]]),
    value.map((v): Change => ['json', [{ op: 'test', path: '/data/v', value: v }]]),
    change(
      ['merge', { data: null }],
      ['merge', { data: { v: 7 } }],
      ['merge', { immutable: true }],
      ['strategic', { data: { $patch: 'replace', x: 'y' } }],
      ['json', [{ op: 'remove', path: '/data/v' }]],
      ['json', [{ op: 'replace', path: '/data/x', value: 'y' }]],
      ['json', [{ op: 'copy', from: '/data/v', path: '/data/z' }]],
      ['json', [{ op: 'move', from: '/data/v', path: '/data/z' }]],
    ),
  ),
};

export const drawnSecret: DrawnKind = {
  kind: 'Secret',
  apiVersion: 'v1',
  path: collection('secrets'),
  good: {},
  content: content(
    { stringData: { a: 'x' } },
    { stringData: { a: 'y' }, data: { a: 'eA==', b: 'eA==' } },
    { data: { b: 'eQ==' }, type: 'example.com/some' },
    { data: { c: '' } },
    { data: { c: 'eQ==' }, immutable: true },
    { data: { b: 'no base64' } },
    { type: 'kubernetes.io/tls' },
    {},
  ),
  changes: change(
    ['merge', { stringData: { z: 'x' } }],
    ['merge', { data: { a: null } }],
    ['merge', { data: { a: 'eg==' } }],
    ['merge', { type: 'other' }],
    ['strategic', { stringData: { a: 'new' } }],
    ['strategic', { data: null }],
    ['json', [{ op: 'add', path: '/data/j', value: 'eA==' }]],
  ),
};

export const drawnAccount: DrawnKind = {
  kind: 'ServiceAccount',
  apiVersion: 'v1',
  path: collection('serviceaccounts'),
  good: {},
  content: content(
    {},
    { secrets: [{ name: 's' }] },
    { secrets: [{ name: 's' }, { name: 't', namespace: 'n' }], imagePullSecrets: [{ name: 'p' }] },
    { automountServiceAccountToken: false },
    { secrets: 'all' },
  ),
  changes: change(
    ['strategic', { secrets: [{ name: 'u' }] }],
    ['strategic', { secrets: [{ name: 's', $patch: 'delete' }] }],
    ['strategic', { imagePullSecrets: [{ name: 'q' }] }],
    ['merge', { secrets: [{ name: 'v' }] }],
    ['merge', { automountServiceAccountToken: true }],
    ['json', [{ op: 'add', path: '/secrets/-', value: { name: 'w' } }]],
    ['json', [{ op: 'remove', path: '/secrets/0' }]],
  ),
};
