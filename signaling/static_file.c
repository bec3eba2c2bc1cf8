/* GET of anything that no other route takes: a file of the web client, else its index page (the client routes by itself). */
#include "media/base/hash.h"
#include "signaling/static_file.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "media/base/log.h"
#include "signaling/routes.h"
#include "signaling/server.h"

#define FILES_MAX 4000
#define FILE_MAX_BYTES (16L * 1024 * 1024)
#define ALL_MAX_BYTES (256L * 1024 * 1024)
#define ETAG_BYTES 36

struct file {
	char *path;                     /* owned: begins with / */
	const char *type;
	bool hashed;                    /* its name changes with its content: may be cached for ever */
	char etag[ETAG_BYTES];          /* with quotes */
	struct text *plain;             /* reference */
	struct text *packed;            /* reference, NULL when packing gains nothing */
	UT_hash_handle hh;
};

struct files {
	struct file *table;             /* owned */
	unsigned n;
	long bytes;
};

static const struct { const char *ending, *type; bool packs; } types[] = {
	{ ".html", "text/html; charset=utf-8", true },
	{ ".js", "text/javascript; charset=utf-8", true },
	{ ".mjs", "text/javascript; charset=utf-8", true },
	{ ".css", "text/css; charset=utf-8", true },
	{ ".json", "application/json", true },
	{ ".webmanifest", "application/manifest+json", true },
	{ ".svg", "image/svg+xml", true },
	{ ".map", "application/json", true },
	{ ".txt", "text/plain; charset=utf-8", true },
	{ ".wasm", "application/wasm", true },
	{ ".png", "image/png", false },
	{ ".jpg", "image/jpeg", false },
	{ ".webp", "image/webp", false },
	{ ".ico", "image/x-icon", false },
	{ ".woff2", "font/woff2", false },
	{ ".mp3", "audio/mpeg", false },
	{ ".ogg", "audio/ogg", false },
	{ ".mp4", "video/mp4", false },
	{ ".webm", "video/webm", false },
};

static const char missing_page[] =
	"<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><title>会堂</title>"
	"<h1>网页尚未构建</h1><p>服务器正在运行，但没有找到网页文件。请在项目目录运行 <code>./dev build</code>，然后重新启动。</p>"
	"<p lang=\"en\">The server is running, but the web client has not been built. Run <code>./dev build</code> and start again.</p>";

/* WebSockets by name, since not every browser takes them for 'self'. */
static const char page_policy[] =
	"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self' mediastream:; font-src 'self'; manifest-src 'self'; "
	"connect-src 'self' ws: wss:; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

void files_default_dir(char *ret, unsigned long size)
{
	char exe[1024], *slash;
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	*ret = 0;
	if (n <= 0)
		return;
	exe[n] = 0;
	slash = strrchr(exe, '/');
	*slash = 0;
	snprintf(ret, size, "%s/../web-client/dist", exe);
	if (access(ret, R_OK) != 0)
		snprintf(ret, size, "%s/../share/huitang/web", exe);
}

static struct file *file_destroy(struct file *f)
{
	if (!f)
		return NULL;
	mem_free(f->path);
	text_unref(f->plain);
	text_unref(f->packed);
	return mem_free(f);
}

/* gzip (RFC 1952), kept when it saves a tenth. */
static struct text *pack(const struct text *plain)
{
	z_stream z = { 0 };
	struct text *packed, *fit = NULL;

	if (plain->len < 256 || deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return NULL;
	packed = text_new(NULL, deflateBound(&z, plain->len));
	if (packed) {
		z.next_in = (uint8_t *)plain->data;
		z.avail_in = (unsigned)plain->len;
		z.next_out = (uint8_t *)packed->data;
		z.avail_out = (unsigned)packed->len;
		if (deflate(&z, Z_FINISH) == Z_STREAM_END && z.total_out < plain->len - plain->len / 10)
			fit = text_new(packed->data, z.total_out);
	}
	deflateEnd(&z);
	text_unref(packed);
	return fit;
}

static void describe(struct file *f)
{
	const char *dot = strrchr(f->path, '.');
	uint8_t digest[crypto_generichash_BYTES_MIN];
	char hex[2 * sizeof(digest) + 1];
	bool packs = false;

	f->type = "application/octet-stream";
	for (size_t i = 0; dot && i < ARRAY_LEN(types); i++) {
		if (strcmp(types[i].ending, dot) == 0) {
			f->type = types[i].type;
			packs = types[i].packs;
		}
	}
	crypto_generichash(digest, sizeof(digest), (const uint8_t *)f->plain->data, f->plain->len, NULL, 0);
	snprintf(f->etag, sizeof(f->etag), "\"%s\"", sodium_bin2hex(hex, sizeof(hex), digest, sizeof(digest)));
	f->hashed = strncmp(f->path, "/assets/", 8) == 0;
	if (packs)
		f->packed = pack(f->plain);
}

static struct text *read_whole(const char *path, size_t len)
{
	struct text *t = text_new(NULL, len);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = t && fd >= 0 ? read(fd, t->data, len) : -1;

	if (fd >= 0)
		close(fd);
	return n == (ssize_t)len ? t : text_unref(t);
}

static int add(struct files *all, const char *path, const char *name, const struct stat *st)
{
	struct file *f;

	if (all->n == FILES_MAX || st->st_size > FILE_MAX_BYTES || all->bytes + st->st_size > ALL_MAX_BYTES)
		return -EFBIG;
	f = mem_zalloc(sizeof(*f));
	if (!f)
		return -ENOMEM;
	f->path = mem_strdup(name);
	f->plain = read_whole(path, (size_t)st->st_size);
	if (!f->path || !f->plain) {
		file_destroy(f);
		return -ENOMEM;
	}
	describe(f);
	HASH_ADD_KEYPTR(hh, all->table, f->path, strlen(f->path), f);
	if (!HASH_ADDED(hh, f)) {
		file_destroy(f);
		return -ENOMEM;
	}
	all->n++;
	all->bytes += st->st_size;
	return 0;
}

/* nftw() passes no user pointer; files_create() runs once, at start. */
static struct { struct files *all; size_t root_len; } loading;

static int on_entry(const char *path, const struct stat *st, int flag, struct FTW *where)
{
	const char *name = path + loading.root_len;

	if (flag != FTW_F || path[where->base] == '.' || strstr(name, "/."))
		return 0;
	return add(loading.all, path, name, st);
}

int files_create(struct files **ret, const char *dir)
{
	struct files *f = mem_zalloc(sizeof(*f));
	struct stat st;
	int r = 0;

	if (!f)
		return -ENOMEM;
	loading.all = f;
	loading.root_len = strlen(dir);
	while (loading.root_len > 1 && dir[loading.root_len - 1] == '/')
		loading.root_len--;
	if (*dir && stat(dir, &st) == 0)
		r = nftw(dir, on_entry, 16, FTW_PHYS);
	loading.all = NULL;
	if (r < 0) {
		files_destroy(f);
		return r;
	}
	if (!f->n)
		log_event(LOG_WARNING, "web.missing dir=%s", dir);
	*ret = f;
	return 0;
}

struct files *files_destroy(struct files *f)
{
	struct file *e, *next;

	if (!f)
		return NULL;
	HASH_ITER(hh, f->table, e, next) {
		HASH_DEL(f->table, e);
		file_destroy(e);
	}
	return mem_free(f);
}

static const struct file *find(const struct files *f, const char *path)
{
	struct file *e;

	HASH_FIND_STR(f->table, path, e);
	return e;
}

/* A name with an ending in its last part is a file's; anything else is a place in the client. */
static bool names_file(const char *path)
{
	return strchr(strrchr(path, '/'), '.') != NULL;
}

static void add_page_headers(struct request *q)
{
	http_add_header(q, "content-security-policy:", page_policy);
	http_add_header(q, "permissions-policy:", "camera=(self), microphone=(self), display-capture=(self), geolocation=(), payment=(), usb=()");
	http_add_header(q, "cross-origin-opener-policy:", "same-origin");
}

void static_file_handle(struct request *q)
{
	const struct files *all = q->server->files;
	const struct file *f = find(all, q->path);

	if (!f && !names_file(q->path))
		f = find(all, "/index.html");
	add_page_headers(q);
	if (!f) {
		if (names_file(q->path) || all->n)
			http_problem(q, 404, "not_found", "There is no such file.", 0);
		else
			http_reply(q, 503, "text/html; charset=utf-8", text_new(missing_page, sizeof(missing_page) - 1));
		return;
	}
	http_add_header(q, "etag:", f->etag);
	http_add_header(q, "vary:", "accept-encoding");
	http_add_header(q, "cache-control:", f->hashed ? "public, max-age=31536000, immutable" : "no-cache");
	if (http_etag_listed(q->if_none_match, f->etag, true)) {
		http_reply(q, 304, NULL, NULL);
		return;
	}
	if (f->packed && q->takes_gzip)
		http_add_header(q, "content-encoding:", "gzip");
	http_reply(q, 200, f->type, text_ref(f->packed && q->takes_gzip ? f->packed : f->plain));
}
