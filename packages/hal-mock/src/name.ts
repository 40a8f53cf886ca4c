/** Backend name of every mock hypervisor. */
export const mockName = 'mock';
