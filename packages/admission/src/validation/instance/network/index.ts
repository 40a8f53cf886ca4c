import type { Finding } from '../../finding.ts';
import { applyRules, applyToEach } from '../../rule.ts';
import type { InstanceSubject } from '../subject.ts';
import { adapterRules } from './adapter.ts';
import { interfaceBindingRules } from './binding.ts';
import { claimedNetworkFindings } from './claims.ts';
import { dhcpRules } from './dhcp.ts';
import { networkPairingRules } from './pairing.ts';
import { interfacePlaces, networkPlaces, type InterfacePlace } from './place.ts';
import { portRangeFindings } from './port-ranges.ts';
import { portFindings } from './ports.ts';
import { defaultNetworkRules, multusNameRule, networkNameRule, networkSourceRules } from './sources.ts';
import { interfaceStateRules } from './state.ts';

/** Networks and interfaces (KubeVirt rules NET-01 to NET-46). */
export function networkFindings(subject: InstanceSubject): Finding[] {
  const interfaces = interfacePlaces(subject);
  return [
    ...applyRules(defaultNetworkRules, subject),
    ...applyToEach(networkSourceRules, networkPlaces(subject)),
    ...applyRules([multusNameRule], subject),
    ...applyToEach(interfaceStateRules, interfaces),
    ...applyToEach(interfaceBindingRules, interfaces),
    ...applyRules([networkNameRule], subject),
    ...claimedNetworkFindings(subject),
    ...applyRules(networkPairingRules, subject),
    ...interfaces.flatMap(fieldFindings),
  ];
}

/** What stands in one interface. */
function fieldFindings(place: InterfacePlace): Finding[] {
  return [
    ...applyRules(adapterRules, place),
    ...portFindings(place),
    ...portRangeFindings(place),
    ...applyRules(dhcpRules, place),
  ];
}
