import type { UserInfo } from '../admission/types.ts';

/** Group of everybody who has said who he is. */
export const AUTHENTICATED = 'system:authenticated';
/** Group of everybody else. */
export const UNAUTHENTICATED = 'system:unauthenticated';

/** Extra value that names the credential by which a user was recognised. */
export const CREDENTIAL_ID = 'authentication.kubernetes.io/credential-id';

/** Who a request is from that does not say. */
export const ANONYMOUS: UserInfo = { name: 'system:anonymous', groups: [UNAUTHENTICATED] };
