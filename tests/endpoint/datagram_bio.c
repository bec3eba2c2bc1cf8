/* See datagram_bio.h. */
#include "datagram_bio.h"

#include <glib.h>
#include <string.h>

static int write_one(BIO *b, const char *data, int len)
{
	struct datagram_bio *d = BIO_get_data(b);

	BIO_clear_retry_flags(b);
	d->send(d->user, (const uint8_t *)data, (size_t)len);
	return len;
}

static int read_one(BIO *b, char *out, int size)
{
	struct datagram_bio *d = BIO_get_data(b);
	size_t n = MIN((size_t)size, d->len);

	BIO_clear_retry_flags(b);
	if (!d->datagram) {
		BIO_set_retry_read(b);
		return -1;
	}
	memcpy(out, d->datagram, n);
	d->datagram = NULL;
	return (int)n;
}

static long control(BIO *b, int cmd, long num, void *ptr)
{
	(void)b;
	(void)num;
	(void)ptr;
	switch (cmd) {
	case BIO_CTRL_FLUSH:
		return 1;
	case BIO_CTRL_DGRAM_GET_MTU_OVERHEAD:
		return 28;
	case BIO_CTRL_DGRAM_QUERY_MTU:
	case BIO_CTRL_DGRAM_GET_FALLBACK_MTU:
		return 1200;
	default:
		return 0;
	}
}

BIO *datagram_bio_new(struct datagram_bio *d)
{
	static BIO_METHOD *method;
	static gsize once;
	BIO *b;

	if (g_once_init_enter(&once)) {
		method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "datagrams");
		BIO_meth_set_write(method, write_one);
		BIO_meth_set_read(method, read_one);
		BIO_meth_set_ctrl(method, control);
		g_once_init_leave(&once, 1);
	}
	b = BIO_new(method);
	BIO_set_data(b, d);
	BIO_set_init(b, 1);
	return b;
}
