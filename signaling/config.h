/*
 * What `huitang serve` is told, by options and by a file of the same words (`listen = 127.0.0.1:8080`). Options win.
 * One table (config.c) gives names, meanings, what is allowed and defaults, for --help, the file and the refusals.
 */
#ifndef HUITANG_SIGNALING_CONFIG_H
#define HUITANG_SIGNALING_CONFIG_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "media/srtp.h"
#include "signaling/forwarded.h"
#include "signaling/oidc/provider.h"

#define CONFIG_TEXT_BYTES 1024
#define CONFIG_ANNOUNCED 4
#define CONFIG_TURN_URLS 4
#define CONFIG_URL_BYTES 256
#define CONFIG_ERROR_BYTES 2048

/* Given by one setting each, or several by commas. */
struct config_announce {
	uint8_t n;
	bool of_file;                           /* the first option that is given begins anew */
	struct sockaddr_storage addresses[CONFIG_ANNOUNCED]; /* without port */
};

struct config_turn {
	uint8_t n;
	bool of_file;
	char urls[CONFIG_TURN_URLS][CONFIG_URL_BYTES]; /* turn_is_url() */
};

/* Sign-in by a provider of OpenID Connect; none while `issuer` is "". */
struct config_oidc {
	char issuer[CONFIG_TEXT_BYTES];         /* oidc_is_issuer() */
	char client[CONFIG_TEXT_BYTES];         /* by which the provider knows us */
	char secret_file[CONFIG_TEXT_BYTES];    /* its one line is our secret; "": a public client */
	char ca_file[CONFIG_TEXT_BYTES];        /* PEM; "": the system's */
	char scope[CONFIG_TEXT_BYTES];          /* default "openid profile" */
	char name[CONFIG_TEXT_BYTES];           /* on the button */
	char claim[CONFIG_TEXT_BYTES];          /* who it is, */
	bool by_card;                           /* by card number; else by the account's name */
};

struct config {
	char data[CONFIG_TEXT_BYTES];           /* data folder; must be given */
	struct sockaddr_storage listen;         /* HTTP and WebSocket; default 127.0.0.1:8080 */
	struct sockaddr_storage media;          /* UDP of the first media worker; [::] takes IPv4 too; default 127.0.0.1:7000 */
	bool media_tcp;                         /* ICE-TCP on the same port numbers; default yes */
	struct config_announce announce;        /* told to clients, the preferred one first; none: the media address, or the machine's */
	struct config_turn turn;                /* servers that clients may use besides; none by default */
	char turn_secret_file[CONFIG_TEXT_BYTES]; /* shared with coturn; "": none */
	unsigned turn_ttl_s;                    /* of a credential, 60 to 604,800; default 3,600 */
	unsigned workers;                       /* media threads, 1 to 64; default 1 */
	unsigned room_seats;                    /* present at once in a room, 1 to 4,000; default ROOM_SEATS_MAX */
	bool webhook_private;                   /* webhooks may go to addresses that are not public, and by plain HTTP; default no */
	unsigned webhook_retry_s;               /* wait after the first failure, 1 to 3,600; default 5 */
	unsigned webhook_attempts;              /* 1 to 30; default 14, which is some ten hours */
	unsigned absentees_after_s;             /* so long after its opening it is noted who is missing in a class, 1 to 3,600; default 300 */
	char erasures[CONFIG_TEXT_BYTES];       /* list of erasures; "": DIR.erasures beside the data folder */
	char card_key[CONFIG_TEXT_BYTES];       /* file with the key of card numbers; "": DIR.card-key beside the data folder */
	char ballot_keys[CONFIG_TEXT_BYTES];    /* folder of the keys of secret ballots; "": DIR.ballot-keys beside the data folder */
	bool demo;                              /* fill an empty data folder with the demo city */
	bool demo_past;                         /* and give it some months in which much has happened (past.h) */
	char web[CONFIG_TEXT_BYTES];            /* the built web client; "": found beside the program */
	char tls_cert[CONFIG_TEXT_BYTES];       /* PEM files; both or neither */
	char tls_key[CONFIG_TEXT_BYTES];
	char origin[CONFIG_TEXT_BYTES];         /* a further allowed Origin, for a reverse proxy; "": none */
	struct trusted_proxies trusted_proxies; /* whose word on the client's address is taken; none by default */
	enum forwarded_header forwarded_header; /* which header has it; default X-Forwarded-For */
	struct config_oidc oidc;
	enum srtp_backend srtp_backend;         /* which library encrypts media; default SRTP_BACKEND_AUTO */
	int log_level;                          /* enum log_level */
};

/**
 * Reads options and the file that --config names.
 *
 * Returns 0; 1 when --help was printed on `out`.
 * Errors: -EINVAL with a sentence in `err` (file, line, what is allowed).
 */
int config_read(struct config *ret, int argc, char **argv, FILE *out, char err[CONFIG_ERROR_BYTES]);

/** Reads ADDR:PORT or [ADDR]:PORT, numeric. Errors: -EINVAL. */
int config_parse_address(struct sockaddr_storage *ret, const char *text);

#endif
