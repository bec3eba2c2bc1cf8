/* HTTPS when a certificate is configured, a new one without a restart. */
#include <arpa/inet.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/scenario/account.h"
#include "tests/scenario/player.h"
#include "tests/scenario/stage.h"

struct files {
	char folder[64];
	char *cert, *key;
};

static void end_files(void *files)
{
	struct files *f = files;

	g_unlink(f->cert);
	g_unlink(f->key);
	g_rmdir(f->folder);
	g_free(f->cert);
	g_free(f->key);
	g_free(f);
}

static X509 *sign(EVP_PKEY *key, unsigned serial)
{
	X509 *cert = X509_new();
	X509_NAME *name = X509_get_subject_name(cert);

	X509_set_version(cert, 2);
	ASN1_INTEGER_set_uint64(X509_get_serialNumber(cert), serial);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"127.0.0.1", -1, -1, 0);
	X509_set_issuer_name(cert, name);
	X509_gmtime_adj(X509_getm_notBefore(cert), -3600);
	X509_gmtime_adj(X509_getm_notAfter(cert), 86400);
	X509_set_pubkey(cert, key);
	X509_sign(cert, key, EVP_sha256());
	return cert;
}

/* A fresh key and certificate with this serial, put in place as a renewal tool does. */
static void write_files(const struct files *f, unsigned serial)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *cert = sign(key, serial);
	g_autofree char *new_cert = g_strconcat(f->cert, ".new", NULL), *new_key = g_strconcat(f->key, ".new", NULL);
	FILE *c = fopen(new_cert, "we"), *k = fopen(new_key, "we");

	PEM_write_X509(c, cert);
	PEM_write_PrivateKey(k, key, NULL, NULL, 0, NULL, NULL);
	fclose(c);
	fclose(k);
	g_rename(new_key, f->key);
	g_rename(new_cert, f->cert);
	X509_free(cert);
	EVP_PKEY_free(key);
}

static struct files *make_files(unsigned serial)
{
	struct files *f = g_new0(struct files, 1);

	strcpy(f->folder, "/tmp/huitang-scenario-XXXXXX");
	if (!g_mkdtemp(f->folder))
		g_error("no temporary folder");
	f->cert = g_build_filename(f->folder, "cert.pem", NULL);
	f->key = g_build_filename(f->folder, "key.pem", NULL);
	write_files(f, serial);
	return defer(f, end_files);
}

/* Serial of the certificate that a new connection sees, 0 for none. */
static unsigned serial_of(const struct server *s)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(s->port) };
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	SSL *ssl = SSL_new(context);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	uint64_t serial = 0;
	X509 *cert;

	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0 && SSL_set_fd(ssl, fd) == 1 && SSL_connect(ssl) == 1) {
		cert = SSL_get1_peer_certificate(ssl);
		ASN1_INTEGER_get_uint64(&serial, X509_get0_serialNumber(cert));
		X509_free(cert);
	}
	SSL_free(ssl);
	SSL_CTX_free(context);
	close(fd);
	return (unsigned)serial;
}

static bool has_renewed(void *user)
{
	return serial_of(user) == 2222;
}

static void renewed(void)
{
	struct files *f = make_files(1111);
	struct server *s = server_start(&(struct server_cfg){ .tls = 1, .options = { "--tls-cert", f->cert, "--tls-key", f->key } });
	struct loop *l;
	g_autofree char *studio = NULL, *viewer = NULL;
	struct whip *p, *v;

	REQUIRE(s);
	defer(s, server_free);
	l = stage_loop();
	CHECK(serial_of(s) == 1111, "%u", serial_of(s));
	studio = server_token(s, "demo-class", "presenter", "studio", 0);
	viewer = server_token(s, "demo-class", "viewer", NULL, 0);
	p = publisher_open(s, l, "demo-class", studio, &(struct publisher_cfg){ .number = 10 });
	v = player_open(s, l, "demo-class", viewer, &(struct endpoint_cfg){ 0 });
	REQUIRE(p->status == 201 && v->status == 201);
	CHECK(player_wait_frames(v->endpoint, false, 10, 5000));
	write_files(f, 2222);
	CHECK(wait_until(15000, has_renewed, s), "still serial %u", serial_of(s));
	CHECK(player_wait_frames(v->endpoint, false, player_stats(v->endpoint, false).frames + 10, 3000));
	player_check(v->endpoint, false, 60, "viewer");
}

/* Browsers take cookies of that name from this host alone, by TLS, and come by nothing else from then on. */
static void sign_in_by_tls(void)
{
	struct files *f = make_files(1);
	struct server *s = server_start(&(struct server_cfg){ .tls = 1, .options = { "--tls-cert", f->cert, "--tls-key", f->key } });
	const struct http_reply *r;

	REQUIRE(s);
	defer(s, (void (*)(void *))(void (*)(void))server_free);
	r = account_sign_in(s, "member", ACCOUNT_PASSWORD, NULL);
	CHECK(r->status == 200, "%ld %s", r->status, r->body);
	g_autofree char *session = http_reply_header(r, "Set-Cookie"), *secure = http_reply_header(r, "Strict-Transport-Security"), *cookie = account_cookie_of(r);
	CHECK(session && g_str_has_prefix(session, "__Host-huitang_session=") && strstr(session, "; Path=/;") && strstr(session, "; HttpOnly") && strstr(session, "; Secure") &&
	      strstr(session, "; SameSite=Lax") && !strstr(session, "Domain"), "%s", session);
	CHECK(secure && strstr(secure, "max-age="), "%s", r->headers);
	g_autofree char *plain = g_strdup(cookie + strlen("__Host-")), *host = server_url(s, ""), *other = g_strconcat("http", strchr(host, ':'), NULL);
	CHECK(account_ask(s, "GET", "/api/v1/session", NULL, cookie, NULL)->status == 200);
	CHECK(account_ask(s, "GET", "/api/v1/session", NULL, plain, NULL)->status == 401, "a cookie that another host may have put there");
	CHECK(account_ask(s, "POST", "/api/v1/sessions/devices", "{\"name\":\"手机\"}", cookie, other)->status == 403, "a page without TLS");
	CHECK(account_ask(s, "POST", "/api/v1/sessions/devices", "{\"name\":\"手机\"}", cookie, host)->status == 201, "the own page");
}

static void bad_certificate(void)
{
	struct files *f = make_files(1), *other = make_files(2);
	char folder[] = "/tmp/huitang-scenario-XXXXXX";
	const char *const mixed[] = { "serve", "--data", g_mkdtemp(folder), "--listen", "127.0.0.1:0", "--media", "127.0.0.1:0", "--tls-cert", f->cert,
	                              "--tls-key", other->key, NULL };
	const char *const half[] = { "serve", "--data", folder, "--listen", "127.0.0.1:0", "--media", "127.0.0.1:0", "--tls-cert", f->cert, NULL };
	const char *const *const all[] = { mixed, half };

	for (unsigned i = 0; i < 2; i++) {
		struct outcome *o = server_command(all[i]);

		CHECK(o->status > 0 && o->err[0], "%u: %d %s", i, o->status, o->err);
		outcome_free(o);
	}
	server_remove_folder(folder);
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "by TLS cookies are of this host alone, and pages without TLS may do nothing", sign_in_by_tls },
		{ "with a certificate the server speaks HTTPS, and takes a new one without a restart", renewed },
		{ "a certificate without its key is refused at the start", bad_certificate },
	};

	return stage_run(argc, argv, scenarios, sizeof(scenarios) / sizeof(scenarios[0]), 60);
}
