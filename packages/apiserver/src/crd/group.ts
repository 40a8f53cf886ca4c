/** The group of CustomResourceDefinitions. */
export const CRD_GROUP = 'apiextensions.k8s.io';
/** Where CustomResourceDefinitions are stored. */
export const CRD_STORAGE = `customresourcedefinitions.${CRD_GROUP}`;
/** Finalizer under which a definition waits until its objects are gone. */
export const CRD_CLEANUP_FINALIZER = `customresourcecleanup.${CRD_GROUP}`;
