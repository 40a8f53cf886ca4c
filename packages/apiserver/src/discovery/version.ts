/** Minor version of the Kubernetes API that this server follows, as the newest clients know it. */
export const KUBERNETES_MINOR = '36';

/** What this server calls itself, as a semantic version: clients compare its beginning with their own. */
export const GIT_VERSION = `v1.${KUBERNETES_MINOR}.0+virtkit`;
