/* See gate.h. */
#include "media/gate.h"

#include <errno.h>
#include <string.h>

#include "media/base/mem.h"

#define uthash_malloc(bytes) mem_zalloc(bytes)
#define uthash_free(ptr, bytes) mem_free(ptr)
#define HASH_NONFATAL_OOM 1
#include <uthash.h>

struct address_key {
	uint16_t port;          /* network order */
	uint16_t family;
	uint8_t ip[16];
};

struct gate_address {
	struct address_key key;
	struct gate_pass *pass;
	int64_t checked_us;
	UT_hash_handle hh;
};

struct ufrag {
	const struct ice_credentials *credentials;      /* given */
	struct gate_pass *pass;
	UT_hash_handle hh;
};

struct gate {
	struct gate_address *addresses;
	struct ufrag *ufrags;
};

int gate_create(struct gate **ret)
{
	struct gate *g = mem_zalloc(sizeof(*g));

	if (!g)
		return -ENOMEM;
	*ret = g;
	return 0;
}

struct gate *gate_destroy(struct gate *g)
{
	return mem_free(g);
}

static struct ufrag *find_ufrag(const struct gate *g, const char *ufrag, size_t len)
{
	struct ufrag *u;

	HASH_FIND(hh, g->ufrags, ufrag, len, u);
	return u;
}

int gate_add_ufrag(struct gate *g, const struct ice_credentials *credentials, struct gate_pass *pass)
{
	size_t len = strlen(credentials->ufrag);
	struct ufrag *u;

	if (find_ufrag(g, credentials->ufrag, len))
		return -EEXIST;
	u = mem_zalloc(sizeof(*u));
	if (!u)
		return -ENOMEM;
	u->credentials = credentials;
	u->pass = pass;
	HASH_ADD_KEYPTR(hh, g->ufrags, u->credentials->ufrag, len, u);
	if (!u->hh.tbl) {
		mem_free(u);
		return -ENOMEM;
	}
	return 0;
}

void gate_remove_ufrag(struct gate *g, const char *ufrag)
{
	struct ufrag *u = find_ufrag(g, ufrag, strlen(ufrag));

	if (!u)
		return;
	HASH_DEL(g->ufrags, u);
	mem_free(u);
}

struct gate_pass *gate_find_ufrag(const struct gate *g, const char *ufrag, size_t len, const char **ret_pwd)
{
	struct ufrag *u = find_ufrag(g, ufrag, len);

	if (!u)
		return NULL;
	*ret_pwd = u->credentials->pwd;
	return u->pass;
}

static struct address_key key_of(const struct sockaddr_storage *addr)
{
	struct address_key k = { .family = addr->ss_family };

	if (addr->ss_family == AF_INET) {
		const struct sockaddr_in *in = (const struct sockaddr_in *)addr;

		k.port = in->sin_port;
		memcpy(k.ip, &in->sin_addr, 4);
	} else { /* IPv6, or a link of tcp_links.h */
		const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)addr;

		k.port = in6->sin6_port;
		memcpy(k.ip, &in6->sin6_addr, 16);
	}
	return k;
}

static struct gate_address *find_address(const struct gate *g, const struct address_key *k)
{
	struct gate_address *a;

	HASH_FIND(hh, g->addresses, k, sizeof(*k), a);
	return a;
}

static void remove_address(struct gate *g, struct gate_address *a)
{
	for (size_t i = 0; i < GATE_ADDRESSES; i++)
		if (a->pass->addresses[i] == a)
			a->pass->addresses[i] = NULL;
	if (a->pass->nominated == a)
		a->pass->nominated = NULL;
	HASH_DEL(g->addresses, a);
	mem_free(a);
}

/* An empty place, or that of the address longest unchecked; media come from the nominated one, however many others are checked. */
static size_t place_for(struct gate *g, struct gate_pass *pass)
{
	size_t oldest = pass->addresses[0] && pass->addresses[0] == pass->nominated;

	for (size_t i = 0; i < GATE_ADDRESSES; i++) {
		if (!pass->addresses[i])
			return i;
		if (pass->addresses[i] != pass->nominated && pass->addresses[i]->checked_us < pass->addresses[oldest]->checked_us)
			oldest = i;
	}
	remove_address(g, pass->addresses[oldest]);
	return oldest;
}

static struct gate_address *add_address(struct gate *g, struct gate_pass *pass, const struct address_key *k)
{
	struct gate_address *a = mem_zalloc(sizeof(*a));

	if (!a)
		return NULL;
	a->key = *k;
	a->pass = pass;
	HASH_ADD(hh, g->addresses, key, sizeof(a->key), a);
	if (!a->hh.tbl)
		return mem_free(a);
	pass->addresses[place_for(g, pass)] = a;
	return a;
}

int gate_admit(struct gate *g, struct gate_pass *pass, const struct sockaddr_storage *addr, bool nominated, int64_t now_us)
{
	struct address_key k = key_of(addr);
	struct gate_address *a = find_address(g, &k);

	if (a && a->pass != pass) {
		remove_address(g, a);
		a = NULL;
	}
	if (!a)
		a = add_address(g, pass, &k);
	if (!a)
		return -ENOMEM;
	a->checked_us = now_us;
	if (nominated)
		pass->nominated = a;
	return 0;
}

struct gate_pass *gate_find_address(const struct gate *g, const struct sockaddr_storage *addr)
{
	struct address_key k = key_of(addr);
	struct gate_address *a = find_address(g, &k);

	return a ? a->pass : NULL;
}

void gate_expel(struct gate *g, struct gate_pass *pass, const struct sockaddr_storage *addr)
{
	struct address_key k = key_of(addr);
	struct gate_address *a = find_address(g, &k);

	if (a && a->pass == pass)
		remove_address(g, a);
}

void gate_forget(struct gate *g, struct gate_pass *pass)
{
	for (size_t i = 0; i < GATE_ADDRESSES; i++)
		if (pass->addresses[i])
			remove_address(g, pass->addresses[i]);
}
