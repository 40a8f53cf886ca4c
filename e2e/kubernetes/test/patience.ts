/** A first start builds Kubernetes, which takes a quarter of an hour on a small machine. */
export const startTimeoutMs = 3_600_000;
