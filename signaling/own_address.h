/* By which address this server is reached from outside, for links that leave its pages. */
#ifndef HUITANG_SIGNALING_OWN_ADDRESS_H
#define HUITANG_SIGNALING_OWN_ADDRESS_H

#include "signaling/config.h"
#include "signaling/http.h"

#define OWN_ADDRESS_BYTES (CONFIG_TEXT_BYTES + 8)

/** "https://hall.example", without a slash behind it: as configured (`origin`), else as the request names us. False: it names nothing that can be a host. */
bool own_address(const struct request *q, char ret[OWN_ADDRESS_BYTES]);

#endif
