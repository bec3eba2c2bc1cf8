/* What stands between OpenSSL's DTLS and whatever carries datagrams: a write is one of them, and so is a read. */
#ifndef ENDPOINT_DATAGRAM_BIO_H
#define ENDPOINT_DATAGRAM_BIO_H

#include <openssl/bio.h>
#include <stddef.h>
#include <stdint.h>

/* Embedded; outlives the BIO. */
struct datagram_bio {
	void (*send)(void *user, const uint8_t *data, size_t len);      /* given */
	void *user;
	const uint8_t *datagram;        /* borrowed while SSL reads it; NULL: none is there */
	size_t len;
};

/** Owns: the caller's, until SSL_set_bio(). Thread: any. */
BIO *datagram_bio_new(struct datagram_bio *d);

#endif
