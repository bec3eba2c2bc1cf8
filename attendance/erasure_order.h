/* The number of an order to erase somebody, as the list of erasures and the audit log keep it. */
#ifndef HUITANG_ATTENDANCE_ERASURE_ORDER_H
#define HUITANG_ATTENDANCE_ERASURE_ORDER_H

#define ERASURE_ORDER_BYTES 65

#endif
