/* One key, one certificate, one SSL_CTX for all endpoints of the process. */
#include "identity.h"

#include <glib.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static SSL_CTX *context;

static X509 *make_certificate(EVP_PKEY *key)
{
	X509 *cert = X509_new();
	X509_NAME *name = X509_get_subject_name(cert);
	uint64_t serial;

	RAND_bytes((unsigned char *)&serial, sizeof(serial));
	X509_set_version(cert, 2);
	ASN1_INTEGER_set_uint64(X509_get_serialNumber(cert), serial >> 1);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"endpoint", -1, -1, 0);
	X509_set_issuer_name(cert, name);
	X509_gmtime_adj(X509_getm_notBefore(cert), -86400);
	X509_gmtime_adj(X509_getm_notAfter(cert), 30 * 86400);
	X509_set_pubkey(cert, key);
	X509_sign(cert, key, EVP_sha256());
	return cert;
}

static int accept_any(int ok, X509_STORE_CTX *store)
{
	(void)ok;
	(void)store;
	return 1; /* WebRTC trusts the fingerprint in the SDP, compared after the handshake */
}

static void make_context(void)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *cert = make_certificate(key);

	context = SSL_CTX_new(DTLS_method());
	SSL_CTX_set_min_proto_version(context, DTLS1_2_VERSION);
	SSL_CTX_use_certificate(context, cert);
	SSL_CTX_use_PrivateKey(context, key);
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, accept_any);
	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_QUERY_MTU);
	X509_free(cert);
	EVP_PKEY_free(key);
}

SSL_CTX *identity_context(void)
{
	static gsize once;

	if (g_once_init_enter(&once)) {
		make_context();
		g_once_init_leave(&once, 1);
	}
	return context;
}

void identity_fingerprint(const X509 *cert, char ret[FINGERPRINT_TEXT])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned n = 0;
	char *at = ret;

	X509_digest(cert, EVP_sha256(), digest, &n);
	at += sprintf(at, "sha-256 ");
	for (unsigned i = 0; i < n; i++)
		at += sprintf(at, "%02X%s", digest[i], i + 1 < n ? ":" : "");
}

bool identity_is_peer(const SSL *ssl, const char *fingerprint)
{
	X509 *cert = SSL_get1_peer_certificate(ssl);
	char got[FINGERPRINT_TEXT];

	if (!cert)
		return false;
	identity_fingerprint(cert, got);
	X509_free(cert);
	return !strcasecmp(got, fingerprint);
}
