/* What dtls.c needs of a certificate; all others use it as an opaque type by dtls.h. */
#ifndef HUITANG_MEDIA_CERTIFICATE_H
#define HUITANG_MEDIA_CERTIFICATE_H

#include <openssl/types.h>

struct certificate {
	EVP_PKEY *key;          /* owned */
	X509 *x509;             /* owned */
};

#endif
