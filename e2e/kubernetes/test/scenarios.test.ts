import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { guestScenarios } from '../../scenarios/on-any-cluster/guest.ts';
import { interruptionScenarios } from '../../scenarios/on-any-cluster/interruptions.ts';
import { lifecycleScenarios } from '../../scenarios/on-any-cluster/lifecycle.ts';
import { obstacleScenarios } from '../../scenarios/on-any-cluster/obstacles.ts';
import { sharedKubernetes } from '../shared-platform.ts';
import { dualStackScenarios } from './dual-stack.ts';

const cluster = sharedKubernetes(join(tmpdir(), `virtkit-scenarios-${process.pid}`));

lifecycleScenarios(cluster);
obstacleScenarios(cluster);
guestScenarios(cluster);
dualStackScenarios(cluster);
interruptionScenarios(cluster);
