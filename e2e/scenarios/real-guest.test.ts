import { needsRealGuests } from '../support/needs.ts';
import { sharedPlatform } from '../support/shared-platform.ts';
import { guestScenarios } from './on-any-cluster/guest.ts';

guestScenarios(sharedPlatform(needsRealGuests));
