/* GET /api/v1/openapi.json: signaling/openapi.json, embedded. */
#ifndef HUITANG_SIGNALING_OPENAPI_H
#define HUITANG_SIGNALING_OPENAPI_H

#include "signaling/text.h"

/** The document; NULL without memory. */
struct text *openapi_write(void);

#endif
