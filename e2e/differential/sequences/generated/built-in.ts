import { drawnAccount, drawnConfigMap, drawnSecret } from './configuration.ts';
import { drawnEndpoints, drawnService, drawnSlice } from './network.ts';
import { drawnPod } from './pods.ts';
import {
  drawnBinding,
  drawnClusterRole,
  drawnLease,
  drawnPriority,
  drawnRange,
  drawnRole,
} from './policies.ts';
import type { DrawnKind } from './resource.ts';
import { drawnDeployment } from './workloads.ts';

/** The built-in kinds of generated sequences, with how often each is drawn. */
export const drawnBuiltIns: readonly (readonly [number, DrawnKind])[] = [
  [8, drawnConfigMap],
  [5, drawnPod],
  [3, drawnService],
  [3, drawnDeployment],
  [2, drawnSecret],
  [1, drawnAccount],
  [1, drawnEndpoints],
  [1, drawnSlice],
  [1, drawnLease],
  [1, drawnRange],
  [1, drawnRole],
  [1, drawnClusterRole],
  [1, drawnBinding],
  [1, drawnPriority],
];
