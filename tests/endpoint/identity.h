/* Certificates of the test endpoints: ECDSA P-256, self-signed, made once for the process. */
#ifndef ENDPOINT_IDENTITY_H
#define ENDPOINT_IDENTITY_H

#include <openssl/ssl.h>
#include <stdbool.h>

#define FINGERPRINT_TEXT 110    /* "sha-256 " and 32 pairs */

/** A context with that identity. Owned by the process, do not free. Thread: any. */
SSL_CTX *identity_context(void);

/** "sha-256 AB:…" of a certificate, as SDP writes it. */
void identity_fingerprint(const X509 *cert, char ret[FINGERPRINT_TEXT]);

/** Whether the other side of a connection showed the certificate with that fingerprint. */
bool identity_is_peer(const SSL *ssl, const char *fingerprint);

#endif
