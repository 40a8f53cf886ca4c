export { instancetypeRules, instancetypeWarnings, type InstancetypeSubject } from './instancetype.ts';
export { preferenceRules, preferenceWarnings, type PreferenceSubject } from './preference.ts';
