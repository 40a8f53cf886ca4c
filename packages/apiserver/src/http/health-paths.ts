const HEALTH_AND_VERSION = /^\/(version|(healthz|livez|readyz)(\/.*)?)\/?$/;

/** Whether a path tells no more than how the server is. */
export function isHealthOrVersion(path: string): boolean {
  return HEALTH_AND_VERSION.test(path);
}
