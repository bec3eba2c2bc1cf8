/* See class_fault.h. */
#include "classroom/class_fault.h"

static const struct {
	const char *code, *text;
} faults[CLASS_FAULT_COUNT] = {
	[CLASS_FINE] = { "", "" },
#define ROW(name, code, text) [CLASS_FAULT_##name] = { code, text },
	CLASS_FAULTS(ROW)
#undef ROW
};

const char *class_fault_code(enum class_fault fault)
{
	return (unsigned)fault < CLASS_FAULT_COUNT ? faults[fault].code : "";
}

const char *class_fault_text(enum class_fault fault)
{
	return (unsigned)fault < CLASS_FAULT_COUNT ? faults[fault].text : "";
}
