/* What a test says of the disk under the server's database, in a file that both map: see bad_disk.c. */
#ifndef SCENARIO_BAD_DISK_H
#define SCENARIO_BAD_DISK_H

#include <stdatomic.h>
#include <stdint.h>

#define BAD_DISK_ENV "HUITANG_BAD_DISK"

struct bad_disk {
	_Atomic uint32_t sync_us;       /* each sync takes so much longer */
	_Atomic uint32_t full;          /* nothing can be written: ENOSPC */
	_Atomic uint64_t syncs, refused;
};

#endif
