/* Which addresses a webhook may be sent to: those of the public internet. Ours, the county's network and special ones are a door for whoever may name an address. */
#ifndef HUITANG_SIGNALING_WEBHOOK_ADDRESS_H
#define HUITANG_SIGNALING_WEBHOOK_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

/** Of an IPv4 or IPv6 address; one that carries an IPv4 address in itself counts as that. Others are not public. */
bool webhook_address_is_public(const struct sockaddr *a);

#define WEBHOOK_HOST_BYTES 256

/** Whether this is an address that may be subscribed: https://host[:port]/…, without user, password and fragment; with `plain` also http. */
bool webhook_url_valid(const char *url, bool plain);

#endif
