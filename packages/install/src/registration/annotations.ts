/** Names the Secret with the certificate of who serves a webhook or an API. */
export const certificateSecretAnnotation = 'certificates.kubevirt.io/secret';
