/* The table of settings and the two ways to give them. */
#include "signaling/config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <ini.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "classroom/room.h"
#include "media/base/address.h"
#include "media/base/log.h"
#include "media/base/macros.h"
#include "signaling/turn.h"

struct setting {
	const char *name;
	const char *value;              /* how --help writes it; NULL: a switch */
	int (*parse)(void *field, const char *text);
	size_t offset;                  /* in struct config */
	const char *allowed;
	const char *about;
};

static int parse_text(void *field, const char *text)
{
	return *text && snprintf(field, CONFIG_TEXT_BYTES, "%s", text) < CONFIG_TEXT_BYTES ? 0 : -EINVAL;
}

static int parse_host(struct sockaddr_storage *ret, const char *host)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)ret;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)ret;

	*ret = (struct sockaddr_storage){ 0 };
	if (inet_pton(AF_INET, host, &v4->sin_addr) == 1)
		ret->ss_family = AF_INET;
	else if (inet_pton(AF_INET6, host, &v6->sin6_addr) == 1)
		ret->ss_family = AF_INET6;
	else
		return -EINVAL;
	return 0;
}

static int parse_number(const char *text, long min, long max, long *ret)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(text, &end, 10);
	if (errno || end == text || *end || n < min || n > max)
		return -EINVAL;
	*ret = n;
	return 0;
}

int config_parse_address(struct sockaddr_storage *ret, const char *text)
{
	const char *colon = strrchr(text, ':');
	char host[INET6_ADDRSTRLEN + 2];
	size_t len = colon ? (size_t)(colon - text) : 0;
	struct sockaddr_storage addr;
	long port;

	if (len == 0 || len >= sizeof(host) || parse_number(colon + 1, 0, 65535, &port) < 0)
		return -EINVAL;
	memcpy(host, text, len);
	host[len] = 0;
	if (host[0] == '[' && host[len - 1] == ']') {
		host[len - 1] = 0;
		memmove(host, host + 1, len - 1);
	}
	if (parse_host(&addr, host) < 0)
		return -EINVAL;
	((struct sockaddr_in *)&addr)->sin_port = htons((uint16_t)port); /* the port lies at the same place in both */
	*ret = addr;
	return 0;
}

static int parse_address(void *field, const char *text)
{
	return config_parse_address(field, text);
}

/* Calls `add` for each word between commas; at least one. */
static int parse_list(void *list, const char *text, int (*add)(void *list, const char *word))
{
	const char *at = text;
	int r = 0;

	while (r == 0 && at) {
		const char *comma = strchr(at, ',');
		size_t len = comma ? (size_t)(comma - at) : strlen(at);
		char word[CONFIG_TEXT_BYTES];

		while (len > 0 && strchr(" \t", *at))
			at++, len--;
		while (len > 0 && strchr(" \t", at[len - 1]))
			len--;
		if (len >= sizeof(word))
			return -EINVAL;
		memcpy(word, at, len);
		word[len] = 0;
		r = add(list, word);
		at = comma ? comma + 1 : NULL;
	}
	return r;
}

static int add_announced(void *list, const char *word)
{
	struct config_announce *a = list;

	if (a->n == CONFIG_ANNOUNCED || parse_host(&a->addresses[a->n], word) < 0)
		return -EINVAL;
	a->n++;
	return 0;
}

static int parse_announce(void *field, const char *text)
{
	struct config_announce *a = field;

	if (a->of_file)
		*a = (struct config_announce){ 0 };
	return parse_list(a, text, add_announced);
}

static int add_turn(void *list, const char *word)
{
	struct config_turn *t = list;

	if (t->n == CONFIG_TURN_URLS || !turn_is_url(word))
		return -EINVAL;
	snprintf(t->urls[t->n++], CONFIG_URL_BYTES, "%s", word);
	return 0;
}

static int parse_turn(void *field, const char *text)
{
	struct config_turn *t = field;

	if (t->of_file)
		*t = (struct config_turn){ 0 };
	return parse_list(t, text, add_turn);
}

static int add_network(void *list, const char *word)
{
	struct trusted_proxies *t = list;

	if (t->n == FORWARDED_NETWORKS || network_parse(&t->networks[t->n], word) < 0)
		return -EINVAL;
	t->n++;
	return 0;
}

static int parse_trusted_proxies(void *field, const char *text)
{
	struct trusted_proxies *t = field;

	if (t->of_file)
		*t = (struct trusted_proxies){ 0 };
	return parse_list(t, text, add_network);
}

static int parse_turn_ttl(void *field, const char *text)
{
	long n;

	if (parse_number(text, 60, 604800, &n) < 0)
		return -EINVAL;
	*(unsigned *)field = (unsigned)n;
	return 0;
}

static int parse_workers(void *field, const char *text)
{
	long n;

	if (parse_number(text, 1, 64, &n) < 0)
		return -EINVAL;
	*(unsigned *)field = (unsigned)n;
	return 0;
}

static int parse_room_seats(void *field, const char *text)
{
	long n;

	if (parse_number(text, 1, 4000, &n) < 0)
		return -EINVAL;
	*(unsigned *)field = (unsigned)n;
	return 0;
}

static int parse_wait(void *field, const char *text)
{
	long n;

	if (parse_number(text, 1, 3600, &n) < 0)
		return -EINVAL;
	*(unsigned *)field = (unsigned)n;
	return 0;
}

static int parse_webhook_attempts(void *field, const char *text)
{
	long n;

	if (parse_number(text, 1, 30, &n) < 0)
		return -EINVAL;
	*(unsigned *)field = (unsigned)n;
	return 0;
}

static int parse_switch(void *field, const char *text)
{
	bool yes = strcmp(text, "yes") == 0;

	if (!yes && strcmp(text, "no") != 0)
		return -EINVAL;
	*(bool *)field = yes;
	return 0;
}

/* The place of `text` among `n` names. */
static int parse_name(const char *const *names, size_t n, const char *text)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(names[i], text) == 0)
			return (int)i;
	return -EINVAL;
}

static int parse_log_level(void *field, const char *text)
{
	static const char *const names[] = { "error", "warning", "info", "debug" };
	int r = parse_name(names, ARRAY_LEN(names), text);

	if (r >= 0)
		*(int *)field = r;
	return MIN(r, 0);
}

static int parse_srtp_backend(void *field, const char *text)
{
	static const char *const names[] = { "auto", "evp", "ipsec-mb", "libsrtp" };
	int r = parse_name(names, ARRAY_LEN(names), text);

	if (r >= 0)
		*(enum srtp_backend *)field = (enum srtp_backend)r;
	return MIN(r, 0);
}

static int parse_forwarded_header(void *field, const char *text)
{
	static const char *const names[] = { "x-forwarded-for", "forwarded" };
	int r = parse_name(names, ARRAY_LEN(names), text);

	if (r >= 0)
		*(enum forwarded_header *)field = (enum forwarded_header)r;
	return MIN(r, 0);
}

static int parse_issuer(void *field, const char *text)
{
	return oidc_is_issuer(text) ? parse_text(field, text) : -EINVAL;
}

/* "account:preferred_username" */
static int parse_oidc_person(void *field, const char *text)
{
	struct config_oidc *o = field;
	size_t kind = strcspn(text, ":");
	bool by_card = kind == 4 && strncmp(text, "card", kind) == 0;

	if (text[kind] != ':' || (!by_card && (kind != 7 || strncmp(text, "account", kind) != 0)) || parse_text(o->claim, text + kind + 1) < 0)
		return -EINVAL;
	o->by_card = by_card;
	return 0;
}

static int parse_origin(void *field, const char *text)
{
	if (strncmp(text, "http://", 7) != 0 && strncmp(text, "https://", 8) != 0)
		return -EINVAL;
	return parse_text(field, text);
}

#define FIELD(f) offsetof(struct config, f)
static const struct setting settings[] = {
	{ "data", "DIR", parse_text, FIELD(data), "a folder", "where the records are kept (must be given)" },
	{ "listen", "ADDR:PORT", parse_address, FIELD(listen), "a numeric address and a port", "HTTP and WebSocket (127.0.0.1:8080)" },
	{ "media", "ADDR:PORT", parse_address, FIELD(media), "a numeric address and a port", "UDP of the first media worker; others take the next ports. [::]:PORT takes IPv4 too (127.0.0.1:7000)" },
	{ "media-tcp", "yes|no", parse_switch, FIELD(media_tcp), "yes or no", "media by TCP too, on the same port numbers, where UDP is blocked (yes)" },
	{ "announce", "ADDR", parse_announce, FIELD(announce), "up to four numeric addresses, by commas or one at a time", "address that clients send media to, IPv4 or IPv6; may be given several times (the media address, or the machine's)" },
	{ "turn", "URL", parse_turn, FIELD(turn), "up to four of stun:…, turn:… and turns:…, by commas or one at a time", "TURN or STUN server that clients may use besides, turns:turn.example:443?transport=tcp; may be given several times" },
	{ "turn-secret-file", "FILE", parse_text, FIELD(turn_secret_file), "a file", "its one line is coturn's static-auth-secret; read again on SIGHUP" },
	{ "turn-ttl", "SECONDS", parse_turn_ttl, FIELD(turn_ttl_s), "60 to 604800", "how long a credential for turn lets in (3600)" },
	{ "workers", "N", parse_workers, FIELD(workers), "1 to 64", "media threads (1)" },
	{ "ballot-keys", "DIR", parse_text, FIELD(ballot_keys), "a folder outside the data folder and its backups", "keys of secret ballots, each until it is counted (DIR.ballot-keys beside the data folder)" },
	{ "room-seats", "N", parse_room_seats, FIELD(room_seats), "1 to 4000", "how many may be in a room at once (2000)" },
	{ "card-key", "FILE", parse_text, FIELD(card_key), "a file outside the data folder", "key of card numbers, made when it is first needed (DIR.card-key beside the data folder)" },
	{ "erasures", "FILE", parse_text, FIELD(erasures), "a file outside the data folder and its backups", "list of persons erased by order (DIR.erasures beside the data folder)" },
	{ "webhook-private", "yes|no", parse_switch, FIELD(webhook_private), "yes or no", "webhooks may go to private addresses and by plain HTTP (no)" },
	{ "webhook-retry", "SECONDS", parse_wait, FIELD(webhook_retry_s), "1 to 3600", "wait after a webhook's first failure, doubled after each further one (5)" },
	{ "webhook-attempts", "N", parse_webhook_attempts, FIELD(webhook_attempts), "1 to 30", "failures after which a webhook's event is set aside (14)" },
	{ "absentees-after", "SECONDS", parse_wait, FIELD(absentees_after_s), "1 to 3600", "after the opening of a class it is noted and told who is missing (300)" },
	{ "demo", NULL, parse_switch, FIELD(demo), "yes or no", "fill an empty data folder with a demo city" },
	{ "demo-past", NULL, parse_switch, FIELD(demo_past), "yes or no", "with demo: a city with a past of four months and planned classes; takes some seconds at the first start" },
	{ "web", "DIR", parse_text, FIELD(web), "a folder", "the built web client (found beside the program)" },
	{ "tls-cert", "FILE", parse_text, FIELD(tls_cert), "a PEM file", "certificate chain; with tls-key the server speaks HTTPS. Read again when the file changes or on SIGHUP" },
	{ "tls-key", "FILE", parse_text, FIELD(tls_key), "a PEM file", "private key of tls-cert" },
	{ "origin", "URL", parse_origin, FIELD(origin), "http://… or https://…", "a further Origin that pages may come from, behind a reverse proxy" },
	{ "trusted-proxies", "CIDR", parse_trusted_proxies, FIELD(trusted_proxies), "up to 16 of 10.0.0.0/8, fd00::/8 and numeric addresses, by commas or one at a time; no bits set behind the prefix", "proxies whose word on a client's address is taken; may be given several times (none)" },
	{ "forwarded-header", "NAME", parse_forwarded_header, FIELD(forwarded_header), "x-forwarded-for or forwarded", "the header in which they say it; the other is never read (x-forwarded-for)" },
	{ "oidc-issuer", "URL", parse_issuer, FIELD(oidc.issuer), "https://…, or http:// to this machine", "provider of OpenID Connect by which people may sign in (none)" },
	{ "oidc-client", "ID", parse_text, FIELD(oidc.client), "a text", "by which the provider knows this server" },
	{ "oidc-secret-file", "FILE", parse_text, FIELD(oidc.secret_file), "a file", "its one line is this client's secret (a client without one)" },
	{ "oidc-person", "KIND:CLAIM", parse_oidc_person, FIELD(oidc), "account:CLAIM or card:CLAIM", "which claim says who it is, by the account's name or by card number (account:preferred_username)" },
	{ "oidc-scope", "SCOPES", parse_text, FIELD(oidc.scope), "scopes, by spaces", "what the provider is asked for (openid profile)" },
	{ "oidc-name", "TEXT", parse_text, FIELD(oidc.name), "a text", "what the sign-in page calls the provider (OpenID Connect)" },
	{ "oidc-ca", "FILE", parse_text, FIELD(oidc.ca_file), "a PEM file", "certificates by which the provider's is checked (the system's)" },
	{ "srtp-backend", "NAME", parse_srtp_backend, FIELD(srtp_backend), "auto, evp, ipsec-mb or libsrtp", "library that encrypts media (auto: the fastest that works here)" },
	{ "log-level", "LEVEL", parse_log_level, FIELD(log_level), "error, warning, info or debug", "how much is logged (info)" },
};

static const struct setting *find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(settings); i++)
		if (strcmp(settings[i].name, name) == 0)
			return &settings[i];
	return NULL;
}

static int apply(struct config *c, const struct setting *s, const char *text)
{
	return s->parse((char *)c + s->offset, text);
}

/* inih tells no line numbers in Debian's build, so the reader counts. */
struct file {
	struct config *config;
	const char *path;
	FILE *stream;
	int line;
	char *err;
};

static char *read_line(char *str, int num, void *stream)
{
	struct file *f = stream;

	f->line++;
	return fgets(str, num, f->stream);
}

static void list_names(char *ret, size_t size)
{
	size_t n = 0;

	*ret = 0;
	for (size_t i = 0; i < ARRAY_LEN(settings) && n < size; i++)
		n += (size_t)snprintf(ret + n, size - n, "%s%s", i ? ", " : "", settings[i].name);
}

static int on_pair(void *user, const char *section, const char *name, const char *value)
{
	struct file *f = user;
	const struct setting *s = find(name);
	char names[512];

	if (*f->err)
		return 0;
	list_names(names, sizeof(names));
	if (*section)
		snprintf(f->err, CONFIG_ERROR_BYTES, "%s:%d: sections are not used here, but [%s] was begun", f->path, f->line, section);
	else if (!s)
		snprintf(f->err, CONFIG_ERROR_BYTES, "%s:%d: unknown key '%s'; allowed are %s", f->path, f->line, name, names);
	else if (apply(f->config, s, value) < 0)
		snprintf(f->err, CONFIG_ERROR_BYTES, "%s:%d: '%s' is no value for %s; allowed is %s", f->path, f->line, value, name, s->allowed);
	return *f->err == 0;
}

static int read_file(struct config *c, const char *path, char *err)
{
	struct file f = { .config = c, .path = path, .err = err };
	int line;

	f.stream = fopen(path, "re");
	if (!f.stream) {
		snprintf(err, CONFIG_ERROR_BYTES, "%s: %s", path, strerror(errno));
		return -EINVAL;
	}
	line = ini_parse_stream(read_line, &f, on_pair, &f);
	fclose(f.stream);
	c->announce.of_file = c->turn.of_file = c->trusted_proxies.of_file = true;
	if (line != 0 && !*err)
		snprintf(err, CONFIG_ERROR_BYTES, "%s:%d: not understood; each line is 'key = value', a comment (# or ;), or empty", path, line);
	return *err ? -EINVAL : 0;
}

static void print_help(FILE *out)
{
	fputs("Usage: huitang serve --data DIR [options]\n\nRuns the server until SIGTERM or SIGINT.\n\n", out);
	for (size_t i = 0; i < ARRAY_LEN(settings); i++) {
		char head[48];

		snprintf(head, sizeof(head), "--%s %s", settings[i].name, settings[i].value ? settings[i].value : "");
		fprintf(out, "  %-22s %s\n", head, settings[i].about);
	}
	fputs("  --config FILE          a file of the same words: listen = 127.0.0.1:8080; demo = yes. Options win\n"
	      "  --help                 this text\n", out);
}

#define OPT_CONFIG 1000
#define OPT_HELP 1001

static void list_options(struct option ret[ARRAY_LEN(settings) + 3])
{
	size_t n = ARRAY_LEN(settings);

	memset(ret, 0, (n + 3) * sizeof(*ret));
	for (size_t i = 0; i < n; i++)
		ret[i] = (struct option){ settings[i].name, settings[i].value ? required_argument : no_argument, NULL, (int)i };
	ret[n] = (struct option){ "config", required_argument, NULL, OPT_CONFIG };
	ret[n + 1] = (struct option){ "help", no_argument, NULL, OPT_HELP };
}

/* One pass over the options: the first looks only for --config and --help, the second applies the rest over the file. */
static int scan(struct config *c, int argc, char **argv, bool first, FILE *out, char *err)
{
	struct option options[ARRAY_LEN(settings) + 3];
	int o, r;

	list_options(options);
	optind = 0;
	opterr = 0;
	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		const char *value = optarg ? optarg : "yes";

		if (o == '?') {
			snprintf(err, CONFIG_ERROR_BYTES, "%s: unknown option or missing value; see huitang serve --help", argv[optind - 1]);
			return -EINVAL;
		}
		if (o == OPT_HELP) {
			print_help(out);
			return 1;
		}
		if (o == OPT_CONFIG) {
			r = first ? read_file(c, optarg, err) : 0;
		} else {
			r = first ? 0 : apply(c, &settings[o], value);
			if (r < 0)
				snprintf(err, CONFIG_ERROR_BYTES, "--%s: '%s' is not allowed; allowed is %s", settings[o].name, value, settings[o].allowed);
		}
		if (r < 0)
			return r;
	}
	if (optind == argc)
		return 0;
	snprintf(err, CONFIG_ERROR_BYTES, "%s: unknown argument; see huitang serve --help", argv[optind]);
	return -EINVAL;
}

/* A socket of one address takes no packets of the other family. */
static bool announces_deaf_family(const struct config *c)
{
	if (address_takes_both(&c->media))
		return false;
	for (size_t i = 0; i < c->announce.n; i++)
		if (c->announce.addresses[i].ss_family != c->media.ss_family)
			return true;
	return false;
}

static bool asks_for_credentials(const struct config_turn *t)
{
	for (size_t i = 0; i < t->n; i++)
		if (turn_needs_credential(t->urls[i]))
			return true;
	return false;
}

static int complete(const struct config *c, char *err)
{
	const char *why = NULL;

	if (!*c->data)
		why = "--data DIR must be given";
	else if (!*c->tls_cert != !*c->tls_key)
		why = "tls-cert and tls-key go together: give both or neither";
	else if (announces_deaf_family(c))
		why = "announce names an address of a family that media does not listen on; media = [::]:PORT takes both";
	else if (asks_for_credentials(&c->turn) != !!*c->turn_secret_file)
		why = "turn (a turn: or turns: server) and turn-secret-file go together: give both or neither";
	else if (!*c->oidc.issuer != !*c->oidc.client)
		why = "oidc-issuer and oidc-client go together: give both or neither";
	if (!why)
		return 0;
	snprintf(err, CONFIG_ERROR_BYTES, "%s", why);
	return -EINVAL;
}

int config_read(struct config *ret, int argc, char **argv, FILE *out, char err[CONFIG_ERROR_BYTES])
{
	struct config c = { .workers = 1, .room_seats = ROOM_SEATS_MAX, .media_tcp = true, .turn_ttl_s = 3600, .webhook_retry_s = 5, .webhook_attempts = 14, .absentees_after_s = 300, .log_level = LOG_INFO };
	int r;

	*err = 0;
	strcpy(c.oidc.scope, "openid profile");
	strcpy(c.oidc.name, "OpenID Connect");
	strcpy(c.oidc.claim, "preferred_username");
	config_parse_address(&c.listen, "127.0.0.1:8080");
	config_parse_address(&c.media, "127.0.0.1:7000");
	r = scan(&c, argc, argv, true, out, err);
	if (r == 0)
		r = scan(&c, argc, argv, false, out, err);
	if (r == 0)
		r = complete(&c, err);
	if (r == 0)
		*ret = c;
	return r;
}
