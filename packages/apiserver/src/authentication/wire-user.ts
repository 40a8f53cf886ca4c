import type { UserInfo } from '../admission/types.ts';
import type { JsonObject } from '../object/json.ts';

/** A user as reviews show him. */
export function wireUser({ name, uid, groups, extra }: UserInfo): JsonObject {
  return {
    username: name,
    ...(uid !== undefined && uid !== '' && { uid }),
    groups,
    ...(extra !== undefined && Object.keys(extra).length > 0 && { extra }),
  };
}
