/* See gate.h. */
#include "media/gate.h"

#include <errno.h>
#include <string.h>

#include "media/base/mem.h"

#define uthash_malloc(bytes) mem_zalloc(bytes)
#define uthash_free(ptr, bytes) mem_free(ptr)
#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#define MEMOS 4096                      /* a power of two */

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

/* An address found lately: a line of the cache answers for what the hash table needs several for. */
struct memo {
	struct address_key key;
	struct gate_pass *pass;         /* NULL: empty */
};

struct gate {
	struct memo memos[MEMOS];
	struct gate_address *addresses;
	struct ufrag *ufrags;
};

int gate_create(struct gate **ret)
{
	struct gate *g = mem_zalloc_line(sizeof(*g));

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

static size_t memo_place(const struct address_key *k)
{
	uint32_t words[sizeof(*k) / sizeof(uint32_t)];
	uint32_t hash = 0;

	memcpy(words, k, sizeof(*k));
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		hash = (hash ^ words[i]) * UINT32_C(0x9e3779b1) ^ hash >> 15;
	return hash >> 8 & (MEMOS - 1);
}

static bool same_key(const struct address_key *a, const struct address_key *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

static void forget(struct gate *g, const struct address_key *k)
{
	struct memo *m = &g->memos[memo_place(k)];

	if (same_key(&m->key, k))
		m->pass = NULL;
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
	forget(g, &a->key);
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

struct gate_pass *gate_find_address(struct gate *g, const struct sockaddr_storage *addr)
{
	struct address_key k = key_of(addr);
	struct memo *m = &g->memos[memo_place(&k)];
	struct gate_address *a;

	if (m->pass && same_key(&m->key, &k))
		return m->pass;
	a = find_address(g, &k);
	if (!a)
		return NULL;
	*m = (struct memo){ k, a->pass };
	return a->pass;
}

void gate_foresee(const struct gate *g, const struct sockaddr_storage *addr)
{
	struct address_key k = key_of(addr);

	__builtin_prefetch(&g->memos[memo_place(&k)]);
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
