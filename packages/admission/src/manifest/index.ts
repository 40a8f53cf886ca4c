/** Reads manifests from text that nobody has checked yet. */
export {
  defaultManifestLimits,
  readManifests,
  type Manifest,
  type ManifestLimits,
  type ManifestProblem,
} from './read-manifests.ts';
