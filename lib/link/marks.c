/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "link/marks.h"

#define ESCAPE 0xFF

enum { PLAIN, ESCAPED, MARKED };

size_t marks_take(struct marks *m, enum fault unclear, struct span raw, uint8_t *bytes, uint8_t *faults)
{
	size_t n = 0;
	for (size_t i = 0; i < raw.n; i++) {
		uint8_t c = raw.p[i];
		enum fault fault = FAULT_NONE;
		if (m->seen == PLAIN && c == ESCAPE) {
			m->seen = ESCAPED;
			continue;
		}
		if (m->seen == ESCAPED && c == 0) {
			m->seen = MARKED;
			continue;
		}
		if (m->seen == MARKED)
			fault = c ? unclear : FAULT_BREAK;
		if (m->seen == ESCAPED && c != ESCAPE) {	/* from a driver that does not double it */
			bytes[n] = ESCAPE;
			faults[n++] = FAULT_NONE;
		}
		bytes[n] = c;
		faults[n++] = (uint8_t)fault;
		m->seen = PLAIN;
	}
	return n;
}
