/* The server's certificate for DTLS; see dtls.h. */
#include "media/certificate.h"

#include <errno.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/x509.h>

#include "media/base/macros.h"
#include "media/base/mem.h"
#include "media/dtls.h"

#define VALID_SECONDS (30L * 24 * 3600)

static int set_names(X509 *x)
{
	X509_NAME *name = X509_get_subject_name(x);
	unsigned char serial[16];
	BIGNUM *bn;
	int ok;

	if (RAND_bytes(serial, sizeof(serial)) != 1)
		return -EIO;
	serial[0] &= 0x7f;
	bn = BN_bin2bn(serial, sizeof(serial), NULL);
	ok = bn && BN_to_ASN1_INTEGER(bn, X509_get_serialNumber(x)) &&
	     X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"huitang", -1, -1, 0) == 1 &&
	     X509_set_issuer_name(x, name) == 1;
	BN_free(bn);
	return ok ? 0 : -EIO;
}

static int sign_own(struct certificate *c)
{
	int r;

	X509_set_version(c->x509, 2);
	X509_gmtime_adj(X509_getm_notBefore(c->x509), -24L * 3600);
	X509_gmtime_adj(X509_getm_notAfter(c->x509), VALID_SECONDS);
	r = set_names(c->x509);
	if (r < 0)
		return r;
	if (X509_set_pubkey(c->x509, c->key) != 1 || X509_sign(c->x509, c->key, EVP_sha256()) <= 0)
		return -EIO;
	return 0;
}

int certificate_create(struct certificate **ret)
{
	struct certificate *c = mem_zalloc(sizeof(*c));
	int r;

	if (!c)
		return -ENOMEM;
	c->key = EVP_EC_gen("P-256");
	c->x509 = X509_new();
	r = c->key && c->x509 ? sign_own(c) : -EIO;
	if (r < 0) {
		certificate_destroy(c);
		return r;
	}
	*ret = c;
	return 0;
}

struct certificate *certificate_destroy(struct certificate *c)
{
	if (!c)
		return NULL;
	X509_free(c->x509);
	EVP_PKEY_free(c->key);
	return mem_free(c);
}

void certificate_fingerprint(const struct certificate *c, struct fingerprint *ret)
{
	unsigned int len = 0;

	*ret = (struct fingerprint){ .hash = FINGERPRINT_SHA256 };
	X509_digest(c->x509, EVP_sha256(), ret->digest, &len);
	ret->len = (uint8_t)len;
}
