/* A UDP forwarder in front of the server: to it a client behind comes from one port, until that changes. */
#ifndef SCENARIO_NAT_H
#define SCENARIO_NAT_H

#include <stdint.h>

struct nat;

/** Forwards from a port of 127.0.0.1 to the server's and back, on a thread of its own, until the scenario ends. */
struct nat *nat_stage(uint16_t server_port);

/** Where the client sends to. */
uint16_t nat_port(const struct nat *n);

/** From now on the client comes from another port; what is sent to the old one is lost. */
void nat_change(struct nat *n);

#endif
